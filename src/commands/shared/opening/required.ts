import * as z from 'zod';

/** An option or argument that must be given. The message completes the phrase `--flag …`. */
export function required(what: string) {
  return z.string(`must be given: ${what}`);
}
