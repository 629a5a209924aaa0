import * as z from 'zod';
import type { DecimalText } from '../base/decimal.ts';
import { toCanonicalDecimal } from '../base/decimal.ts';

/** In YAML a person may write 0.70; what is compared and recorded is the canonical decimal. */
export const Decimal = z.union([z.string(), z.int()]).transform((value, context): DecimalText => {
  const text = toCanonicalDecimal(String(value));
  if (text !== null) return text;
  context.addIssue({ code: 'custom', message: 'must be a decimal number such as 0.72' });
  return z.NEVER;
});
