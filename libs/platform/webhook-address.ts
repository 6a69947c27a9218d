import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Why nothing may be sent to this URL, as a sentence for its owner; null when it is fine as far as it can be read. */
export function webhookUrlProblem(text: string, isAllowed = isGlobalAddress): string | null {
  if (!URL.canParse(text)) return 'it is not an absolute URL.';
  const url = new URL(text);
  if (url.protocol !== 'https:') return 'it must be https.';
  if (url.username !== '' || url.password !== '') return 'it must not contain a user name or password.';
  const port = Number(url.port || 443);
  if (port !== 443 && port < FIRST_FREE_PORT) return `its port must be 443, or ${FIRST_FREE_PORT} or above.`;
  const host = bareHost(url);
  if (isIP(host) !== 0 && !isAllowed(host)) return 'its address is not a public one.';
  return null;
}

const FIRST_FREE_PORT = 1_024;

/** The host as a resolver takes it: an IPv6 address without its brackets. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Looks public, and answers questions about the machine it is asked from (Azure’s wire server). */
const METADATA = new Set(['168.63.129.16']);
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the open internet. Everything with a special meaning is refused, and with it all IPv6
 * forms that carry an IPv4 address (mapped, compatible, 6to4, Teredo, NAT64): what they reach cannot be told.
 * Source: the IANA registries of special-purpose addresses.
 */
export function isGlobalAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' ? !METADATA.has(address.toString()) : address.match(GLOBAL_IPV6);
}
