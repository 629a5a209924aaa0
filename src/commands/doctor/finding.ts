/** One thing the doctor looked at. */
export interface Finding {
  readonly check: string;
  /**
   * `warn` may cost somebody time; `bad` keeps the tool from doing its work or its answers from being believed; `unknown`
   * could not be looked at.
   */
  readonly state: 'ok' | 'warn' | 'bad' | 'unknown';
  readonly finding: string;
  readonly remedy: string | null;
}

export function ok(check: string, finding: string): Finding {
  return { check, state: 'ok', finding, remedy: null };
}

export function warn(check: string, finding: string, remedy: string): Finding {
  return { check, state: 'warn', finding, remedy };
}

export function bad(check: string, finding: string, remedy: string): Finding {
  return { check, state: 'bad', finding, remedy };
}

export function unknown(check: string, finding: string, remedy: string | null = null): Finding {
  return { check, state: 'unknown', finding, remedy };
}
