import { ERRORS, type ErrorCode } from '#libs/domain';
import { COMMON_ERRORS, ENDPOINTS, POST_ERRORS } from '../../../actions/index.ts';

/** Every code there is, by status, each under a heading of its own. */
export function errorList(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))].sort((a, b) => a - b);
  return statuses
    .map((status) => {
      const own = codes.filter((code) => ERRORS[code].status === status);
      return `## ${status} ${REASON[status]}\n\n${own.map(entry).join('\n')}`;
    })
    .join('\n');
}

function entry(code: ErrorCode): string {
  const { message, fix, retryable } = ERRORS[code];
  return `### \`${code}\`\n\n${asWords(message)}\n\n**What to do.** ${asWords(fix)}\n\n${whereWords(code)}${retryable ? ' The same request may succeed after a while.' : ''}\n`;
}

/** `<key>` is meant as it stands. */
function asWords(text: string): string {
  return text.replaceAll('<', '\\<');
}

function whereWords(code: ErrorCode): string {
  if (isOneOf(COMMON_ERRORS, code)) return 'Any request may get it.';
  if (isOneOf(POST_ERRORS, code)) return 'Any POST may get it.';
  const actions = ENDPOINTS.flatMap((endpoint) => [...endpoint.actions.values()]).filter(({ errors }) =>
    errors.includes(code),
  );
  if (actions.length > 0)
    return `From ${actions.map(({ name }) => `[\`${name}\`](/docs#${name})`).join(', ')}.`;
  return OUTSIDE[code] ?? 'From addresses that are no action.';
}

/** Codes that no action lists, since they come before one is chosen. */
const OUTSIDE: Partial<Record<ErrorCode, string>> = {
  invalid_action: 'From `/api/virtual-numbers.php`.',
  forbidden: 'From the addresses that providers call.',
};

const REASON: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  402: 'Payment required',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Wrong method',
  409: 'Conflict',
  413: 'Too large',
  422: 'Another body',
  429: 'Too many requests',
  500: 'Our fault',
  501: 'Not set up',
  502: 'Refused by the provider',
  503: 'Not now',
};

function isOneOf(codes: readonly ErrorCode[], code: ErrorCode): boolean {
  return codes.includes(code);
}
