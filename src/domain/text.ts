import * as z from 'zod';

// Control characters other than line feed and tab could hide what a person signs.
// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

/** Words of a person: not blank, well-formed Unicode, no control or bidirectional override characters. */
export const Text = z
  .string()
  .max(10_000, 'must be at most 10000 characters')
  .refine((text) => text.trim().length > 0, 'must not be empty')
  .refine((text) => text.isWellFormed() && !HIDDEN.test(text), 'must not contain control characters');

/** The same on one line, for names and labels. */
export const Label = Text.refine(
  (text) => text.length <= 400 && !/[\n\t]/.test(text),
  'must be one line of at most 400 characters',
);
