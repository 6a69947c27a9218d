import { maskPhone } from '#libs/domain';

/** A provider's words may repeat the number they are about. */
export function withoutNumbers(text: string | null): string | null {
  return text === null
    ? null
    : text.replace(/\+?\d[\d ().-]{5,}\d/g, (found) => maskPhone(found.replace(/[^\d+]/g, '')));
}
