import { type Answer, json } from '../../core/reply.ts';
import { SERVICES } from '../catalogue/services.ts';

export function getServicesList(): Answer {
  return json({ status: 'success', services: SERVICES.map(({ code, name }) => ({ code, name })) });
}
