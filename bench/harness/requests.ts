import type { LoadRequest } from '../programs/protocol.ts';
import type { Installation } from './installation.ts';
import type { Partner } from './partners.ts';
import type { Rental } from './rows.ts';

export function statusRequests({ partners }: Installation, rentals: Rental[]): LoadRequest[] {
  return rentals.map(({ id, partner }) => ({
    method: 'GET',
    path: `/api/virtual-numbers.php?action=status&id=${id}`,
    headers: headersOf(partners[partner]),
  }));
}

/** Each with an idempotency key and a recipient of its own. */
export function sendRequests({ partners }: Installation): LoadRequest[] {
  return partners.map((partner) => ({
    method: 'POST',
    path: '/api/sms-send.php',
    headers: { ...partner.headers, 'idempotency-key': 'send-{seq}' },
    body: JSON.stringify({ to: '+15551234567', message: 'Your verification code is {seq}' }),
  }));
}

export function rentRequests(partners: Partner[]): LoadRequest[] {
  return partners.map((partner) => ({
    method: 'POST',
    path: '/api/virtual-numbers.php?action=rent_number',
    headers: { ...partner.headers, 'idempotency-key': 'rent-{seq}' },
    body: JSON.stringify({ service: 'tg', country: 22 }),
  }));
}

function headersOf(partner: Partner | undefined): Record<string, string> {
  if (!partner) throw new Error('a rental belongs to a partner');
  return partner.headers;
}
