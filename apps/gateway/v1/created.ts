import type { Answer } from '../actions/action.ts';

/** The reply of a verb that made something: 200 becomes 201, and Location says where it can be asked for. */
export function asCreated(answer: Answer, location: string | null): Answer {
  if (answer.status >= 300 || location === null) return answer;
  const status = answer.status === 200 ? 201 : answer.status;
  return { ...answer, status, headers: { ...answer.headers, location } };
}
