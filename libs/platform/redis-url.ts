/** Where Redis is: one server, a cluster, or a master that Sentinels name. */
export type RedisTarget =
  | { kind: 'single'; url: string }
  | { kind: 'cluster'; nodes: Address[]; credentials: Credentials }
  | {
      kind: 'sentinel';
      sentinels: Address[];
      masterName: string;
      credentials: Credentials;
      database: number;
    };

export interface Address {
  host: string;
  port: number;
}

export interface Credentials {
  username: string | undefined;
  password: string | undefined;
}

/**
 * Parses `redis://…`, `rediss://…`, `redis+cluster://[user:pw@]h1:p1,h2:p2` and
 * `redis+sentinel://[user:pw@]h1:p1,h2:p2/<master>[/<db>]`. Returns a sentence when it cannot.
 */
export function parseRedisUrl(value: string): RedisTarget | string {
  if (/^rediss?:\/\/[^,]+$/.test(value))
    return URL.canParse(value) ? { kind: 'single', url: value } : 'is not a URL';
  const match = /^redis\+(cluster|sentinel):\/\/(?:([^@/]*)@)?([^/]+)(?:\/(.*))?$/.exec(value);
  if (!match) return 'must start with redis://, rediss://, redis+cluster:// or redis+sentinel://';
  const [, kind, userinfo, hosts = '', path = ''] = match;
  const addresses = hosts.split(',').map(parseAddress);
  const credentials = parseCredentials(userinfo);
  if (!addresses.every((address) => address !== null)) return 'must list its nodes as host:port,host:port';
  if (kind === 'cluster') return { kind: 'cluster', nodes: addresses, credentials };
  const [masterName, database = '0'] = path.split('/');
  if (!masterName) return 'must name the master: redis+sentinel://host:26379/mymaster';
  if (!/^\d+$/.test(database)) return 'must end in a database number after the master name';
  return { kind: 'sentinel', sentinels: addresses, masterName, credentials, database: Number(database) };
}

function parseAddress(text: string): Address | null {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(text.trim());
  return match?.[1] && match[2] ? { host: match[1].replace(/^\[|\]$/g, ''), port: Number(match[2]) } : null;
}

function parseCredentials(userinfo: string | undefined): Credentials {
  if (!userinfo) return { username: undefined, password: undefined };
  const [username = '', ...rest] = userinfo.split(':');
  return {
    username: decodeURIComponent(username) || undefined,
    password: rest.length > 0 ? decodeURIComponent(rest.join(':')) : undefined,
  };
}
