/**
 * Encoding and segment count of an SMS text (3GPP TS 23.038): GSM-7 carries 160 characters in one segment and
 * 153 in each of several, UCS-2 70 and 67. Extension characters take two septets and never straddle a segment,
 * neither does a surrogate pair.
 */
export interface Segmentation {
  encoding: 'gsm7' | 'ucs2';
  segments: number;
}

const GSM7_BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM7_EXTENSION = new Set('\f^{}\\[~]|€');

export function segmentText(text: string): Segmentation {
  const widths = gsm7Widths(text);
  if (widths) return { encoding: 'gsm7', segments: countSegments(widths, 160, 153) };
  const units = Array.from(text, (character) => character.length);
  return { encoding: 'ucs2', segments: countSegments(units, 70, 67) };
}

function gsm7Widths(text: string): number[] | null {
  const widths: number[] = [];
  for (const character of text) {
    if (GSM7_BASIC.has(character)) widths.push(1);
    else if (GSM7_EXTENSION.has(character)) widths.push(2);
    else return null;
  }
  return widths;
}

function countSegments(widths: number[], single: number, multiple: number): number {
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > multiple) {
      segments += 1;
      used = 0;
    }
    used += width;
  }
  return segments;
}
