import type { Service } from '#libs/domain';
import { asObject } from '../json.ts';
import type { Reply } from './reply.ts';
import { readName, readServiceCode, rowsOf } from './rows.ts';

/**
 * getServicesList: `{"status":"success","services":[{"code","name"}…]}`, the list alone, or the older map of names
 * by code. Unusable rows are skipped; null when there are rows and none is usable.
 */
export function parseServices(reply: Reply): Service[] | null {
  const fields = reply.kind === 'json' ? asObject(reply.value) : null;
  const rows = reply.kind === 'json' ? rowsOf(fields?.services ?? reply.value) : null;
  if (!rows) return null;
  const services = new Map<string, Service>();
  for (const [key, row] of rows) {
    const service = readService(key, row);
    if (service) services.set(service.code, service);
  }
  return services.size > 0 || rows.length === 0 ? [...services.values()] : null;
}

function readService(key: string, row: unknown): Service | null {
  if (typeof row === 'string') {
    const code = key === 'status' ? null : readServiceCode(key);
    return code === null ? null : { code, name: readName(row) ?? code };
  }
  const fields = asObject(row);
  const code = readServiceCode(fields?.code);
  return code === null ? null : { code, name: readName(fields?.name) ?? code };
}
