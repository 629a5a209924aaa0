import * as z from 'zod';

/** The id of an exception, or as much of it as tells it apart. */
export const ExceptionStart = z
  .string()
  .regex(/^[0-9a-f]{4,64}$/, 'must be the id of an exception, or at least its first 4 digits');
