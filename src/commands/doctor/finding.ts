/** One thing the doctor looked at. */
export interface Finding {
  readonly check: string;
  /** A warning may cost somebody time; a problem keeps the tool from doing its work or believing its answers. */
  readonly status: 'ok' | 'warning' | 'problem';
  readonly finding: string;
  readonly remedy: string | null;
}

export function ok(check: string, finding: string): Finding {
  return { check, status: 'ok', finding, remedy: null };
}

export function warning(check: string, finding: string, remedy: string): Finding {
  return { check, status: 'warning', finding, remedy };
}

export function problem(check: string, finding: string, remedy: string): Finding {
  return { check, status: 'problem', finding, remedy };
}
