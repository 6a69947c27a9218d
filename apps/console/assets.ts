import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { shippedFile } from '#libs/platform';

const FILES = {
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
} as const;

type AssetName = keyof typeof FILES;

interface Asset {
  body: Buffer;
  /** Changes with the content, so that browsers may keep what they have for a year. */
  version: string;
}

const assets = new Map<AssetName, Asset>();

/** Style and script, public because the sign-in page needs them. */
export function registerAssets(app: FastifyInstance): void {
  for (const [name, type] of Object.entries(FILES) as [AssetName, string][]) {
    app.get(`/assets/${name}`, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=31536000, immutable').type(type).send(load(name).body),
    );
  }
}

export function assetUrl(name: AssetName): string {
  return `/assets/${name}?v=${load(name).version}`;
}

function load(name: AssetName): Asset {
  const known = assets.get(name);
  if (known) return known;
  const body = readFileSync(shippedFile(`apps/console/assets/${name}`));
  const asset = { body, version: createHash('sha256').update(body).digest('hex').slice(0, 12) };
  assets.set(name, asset);
  return asset;
}
