import type { ActivationCommand, CommandAnswer, StatusAnswer } from '#libs/domain';

/** One rental at a provider that answers at once and, unless `fickle`, consistently: its money goes one way. */
export interface TinyProvider {
  /** A code arrives, unless the rental is over. */
  deliver(code: string): void;
  /** Its time is over. */
  expire(): void;
  /** `noise` below 0.2: an answer that says nothing of the rental. */
  status(noise: number): StatusAnswer;
  command(command: ActivationCommand, noise: number): CommandAnswer;
  outcome(): 'open' | 'captured' | 'released';
}

const NOTHING = { kind: 'no_information', raw: '<html>', throttled: false } as const;
const DENIED = { kind: 'denied', raw: 'NO_ACTIVATION' } as const;

/** `fickle`: consents to the cancel of a rental that has a code, and tells the code after it. */
export function createTinyProvider({ fickle }: { fickle: boolean }): TinyProvider {
  let codes: string[] = [];
  let ended = false;
  const noiseFrom = (noise: number) => (noise < 0.1 ? NOTHING : noise < 0.2 ? DENIED : null);
  return {
    deliver(code) {
      if (!ended) codes = [...codes, code];
    },
    expire() {
      ended = true;
    },
    status(noise) {
      const code = codes.at(-1);
      if (noiseFrom(noise)) return noiseFrom(noise) ?? NOTHING;
      if (code !== undefined) return { kind: 'code', code };
      return ended ? { kind: 'cancelled' } : { kind: 'waiting' };
    },
    command(command, noise) {
      if (noise >= 0.2 && noise < 0.3) return { kind: 'too_early' };
      // Carried out although nothing says so.
      const silent = noiseFrom(noise);
      if (command === 'cancel' && codes.length > 0 && !fickle) return silent ?? { kind: 'refused' };
      if (command !== 'resend') ended = true;
      return silent ?? { kind: 'done' };
    },
    outcome() {
      if (codes.length > 0) return 'captured';
      return ended ? 'released' : 'open';
    },
  };
}
