import { Text } from '../../../domain/text.ts';

const LETTERS = /\p{L}/gu;
const LEAST_LETTERS = 3;
/** What people type who take the question for one that is answered with yes or no. */
const ANSWERS = new Set(['yes', 'yep', 'okay', 'sure', 'nope', 'none']);

/**
 * A reason that others get to read. Held to it is what somebody is about to sign, and nothing that was signed before: the law
 * asks for no more than that it is not empty. Brakes ask for no more either.
 */
export const Why = Text.refine((text) => {
  const letters = text.match(LETTERS) ?? [];
  return letters.length >= LEAST_LETTERS && !ANSWERS.has(letters.join('').toLowerCase());
}, 'must say in words what others can read later');
