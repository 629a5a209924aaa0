import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Parsed } from '../../../src/base/problem.ts';
import { DOCUMENTS, readYaml } from '../support/documents.ts';

/** What lies in `fixtures/vectors/` is read by every later version of this tool as it is read today. */
const VECTORS = new URL('../../../fixtures/vectors/', import.meta.url).pathname;

interface Expected {
  readonly line?: number;
  readonly key?: string;
  readonly message?: string;
}

function read(noun: string, file: string, bytes: Uint8Array): Parsed<unknown> {
  return DOCUMENTS[noun]?.parse(bytes, file) ?? readYaml(noun, bytes, file);
}

describe.each(readdirSync(VECTORS))('vectors of %s', (noun) => {
  const folder = join(VECTORS, noun);
  const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(join(folder, file)));
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
    string,
    readonly Expected[]
  >;
  const valid = readdirSync(folder).filter((file) => /^valid[.-]/.test(file));

  it('names an expectation for every file', () => {
    const others = readdirSync(folder).filter((file) => file !== 'expected.json' && !valid.includes(file));
    expect(others.sort()).toEqual(Object.keys(expected).sort());
    expect(others.length).toBeGreaterThan(0);
  });

  it('has a valid one', () => {
    expect(valid).toContain(`valid.${noun in DOCUMENTS ? 'json' : 'yaml'}`);
  });

  it.each(valid)('accepts %s', (file) => {
    expect(read(noun, file, bytesOf(file))).toMatchObject({ ok: true });
  });

  it.each(Object.entries(expected))('refuses %s where it is wrong', (file, problems) => {
    const result = read(noun, file, bytesOf(file));
    expect(result.ok ? [] : result.problems).toMatchObject(
      problems.map(({ message, ...place }) => ({
        place: { file, ...place },
        ...(message !== undefined && { message }),
      })),
    );
  });
});
