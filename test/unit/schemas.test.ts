import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaFiles } from '../../src/commands/schemas/documents.ts';

const top = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, top), 'utf8');
const validator = (file: string) =>
  new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(text(`schemas/${file}`)) as object);

describe('schemas/', () => {
  it('is what the codecs say (npm run schemas writes it again)', () => {
    const lying = readdirSync(new URL('schemas/', top)).filter((name) => name.endsWith('.json'));
    expect(lying.sort()).toEqual([...schemaFiles().keys()].sort());
    for (const [name, generated] of schemaFiles()) expect(text(`schemas/${name}`), name).toBe(generated);
  });

  it.each(readdirSync(new URL('fixtures/vectors/', top)))(
    'accepts a real %s and no other key in it',
    (noun) => {
      const files = readdirSync(new URL(`fixtures/vectors/${noun}/`, top));
      const valid = files.filter((name) => /^valid[.-]/.test(name));
      expect(valid.length).toBeGreaterThan(0);
      const validate = validator(`${noun}.v1.json`);
      for (const file of valid) {
        const value = parse(text(`fixtures/vectors/${noun}/${file}`)) as object;
        expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
        expect(validate({ ...value, note: 'hello' })).toBe(false);
        expect(validate({ ...value, schema: 'modelsmith/other/v1' })).toBe(false);
      }
    },
  );

  it('accepts the ready policies, fractions and all', () => {
    const validate = validator('policy.v1.json');
    for (const name of ['team', 'regulated'])
      expect(validate(parse(text(`policy/${name}/policy.yaml`))), JSON.stringify(validate.errors)).toBe(true);
  });
});
