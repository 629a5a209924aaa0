import type * as z from 'zod';
import type { NonEmpty } from '../base/nonempty.ts';
import { parsed, type Parsed, type Problem } from '../base/problem.ts';
import { parseStrictYaml } from '../base/strict-yaml.ts';

/** A file people write by hand: strict YAML of one closed schema. Problems carry the line. */
export function parseYaml<T>(schema: z.ZodType<T>, bytes: Uint8Array, file: string): Parsed<T> {
  const yaml = parseStrictYaml(bytes, file);
  if (!yaml.ok) return yaml;
  const result = schema.safeParse(yaml.value.value);
  if (result.success) return parsed(result.data);
  const problems = result.error.issues.map((issue): Problem => ({
    place: yaml.value.placeOf(issue.path),
    message: issue.message,
  }));
  return { ok: false, problems: problems as unknown as NonEmpty<Problem> };
}
