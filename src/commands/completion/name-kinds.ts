/** What `modelsmith complete` lists from the folders here. */
export const NAME_KINDS = [
  'iterations',
  'lines',
  'principals',
  'changes',
  'exceptions',
  'overrides',
] as const;
export type NameKind = (typeof NAME_KINDS)[number];
