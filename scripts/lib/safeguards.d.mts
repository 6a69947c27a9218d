export interface Safeguard {
  name: string;
  protects: string;
  file: string;
  find: string;
  replace: string;
  tests: string[];
  histories?: number;
}

export const SAFEGUARDS: Safeguard[];
