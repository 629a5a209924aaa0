import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IMPORTERS, importerNamed } from '../../../src/adapters/evals/importers.ts';
import { lmEvalV04 } from '../../../src/adapters/evals/lm-eval-v04.ts';
import { evaluationReportDocument, type EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import type { ImportFault } from '../../../src/ports/evaluations.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/evals/${name}`, import.meta.url), 'utf8');
const read = (text: string | Uint8Array) =>
  lmEvalV04.import([
    { path: 'results.json', bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text },
  ]);

function imported(text: string): EvaluationReport {
  const result = read(text);
  if (result.kind !== 'imported') throw new Error(JSON.stringify(result.faults));
  return result.report;
}
const faults = (text: string | Uint8Array): readonly ImportFault[] => {
  const result = read(text);
  return result.kind === 'imported' ? [] : result.faults;
};
const codes = (text: string) => faults(text).map(({ code }) => code);

const groups = fixture('lm-eval-v04-groups.json');
type Tree = Record<string, unknown> & { [key: string]: Record<string, unknown> };
/** The good file with one thing broken. */
function broken(change: (tree: Record<string, Record<string, Record<string, unknown>>>) => void): string {
  const tree = JSON.parse(groups) as Parameters<typeof change>[0];
  change(tree);
  return JSON.stringify(tree);
}
const at = (tree: Record<string, unknown>, ...keys: string[]) =>
  keys.reduce<Tree>((node, key) => node[key] as Tree, tree as Tree);

describe('a results file', () => {
  const report = imported(groups);

  test('becomes a sound report with the exact values', () => {
    const text = evaluationReportDocument.print(report);
    expect(evaluationReportDocument.parse(new TextEncoder().encode(text), 'report.json').ok).toBe(true);
    expect(
      report.tasks.map(({ task, metric, filter, value, stderr }) => [task, metric, filter, value, stderr]),
    ).toEqual([
      ['arith_add', 'acc', 'none', '0.75', '0.0217'],
      ['arith_sub', 'acc', 'none', '0.5', '0.025'],
      ['story', 'exact_match', 'flexible-extract', '0.25', '0.0137'],
      ['story', 'exact_match', 'strict-match', '0.001', '0.001'],
      ['story', 'word_perplexity', 'none', '11.25', undefined],
    ]);
    expect(report.tasks[4]).toMatchObject({ higherIsBetter: false, version: '2.1', shots: 0 });
    expect(report.date).toBe('2026-01-01T00:00:00Z');
  });
  test('becomes the same bytes for ever: a change here needs a new version of the importer', () => {
    expect(evaluationReportDocument.print(report)).toBe(fixture('lm-eval-v04-groups.report-v1.json'));
  });
  test('leaves averages of groups out and names them', () =>
    expect(report.groups).toEqual(['arith', 'loose']));
  test('names model, adapter and seeds', () => {
    expect(report.model).toMatchObject({
      base: 'org/base',
      baseRevision: 'v2',
      adapter: 'tuned',
      baseSha: '0123456789abcdef0123456789abcdef01234567',
      adapterSha: '89abcdef0123456789abcdef0123456789abcdef',
    });
    expect(report.seeds.map(({ name }) => name)).toEqual(['numpy_seed', 'random_seed', 'torch_seed']);
  });
  test('reads arguments given as text, as written', () => {
    const args = 'pretrained=org/base,dtype=bfloat16,peft=/a/b,trust_remote_code=True,revision=v2';
    const { model } = imported(broken((tree) => (at(tree, 'config')['model_args'] = args as never)));
    expect(model).toMatchObject({ arguments: args, base: 'org/base', baseRevision: 'v2', adapter: 'b' });
  });
  test('has a configuration digest that does not depend on the model', () => {
    const digest = (change: Parameters<typeof broken>[0]) => imported(broken(change)).harness.configSha256;
    const same = digest((tree) => {
      at(tree, 'configs', 'story', 'metadata')['pretrained'] = 'org/other' as never;
      at(tree, 'config')['model_args'] = 'pretrained=org/other' as never;
    });
    expect(same).toBe(report.harness.configSha256);
    expect(digest((tree) => (at(tree, 'n-shot')['story'] = 3 as never))).not.toBe(same);
    expect(digest((tree) => (tree['chat_template_sha'] = 'abc' as never))).not.toBe(same);
  });
  test('gives the same report whatever the order of its keys', () => {
    const shuffled = (json: unknown, seed: number): unknown => {
      if (Array.isArray(json) || json === null || typeof json !== 'object') return json;
      const entries = Object.entries(json).map(([key, value]) => [key, shuffled(value, seed)] as const);
      return Object.fromEntries(
        entries.sort(([a], [b]) => ((a.length * seed) % 7) - ((b.length * seed) % 7) || (b < a ? -1 : 1)),
      );
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const other = imported(JSON.stringify(shuffled(JSON.parse(groups), seed)));
        expect({ ...other, raw: [], model: {} }).toEqual({ ...report, raw: [], model: {} });
        expect(other.model.base).toBe(report.model.base);
      }),
      { numRuns: 20 },
    );
  });
});

describe('refuses', () => {
  test.each<[string, string, string]>([
    ['a limit', 'EVAL_LIMITED', broken((tree) => (at(tree, 'config')['limit'] = 10 as never))],
    ['a limit of nought', 'EVAL_LIMITED', broken((tree) => (at(tree, 'config')['limit'] = 0 as never))],
    ['silence on the limit', 'EVAL_LIMITED', broken((tree) => delete at(tree, 'config')['limit'])],
    [
      'chosen samples',
      'EVAL_LIMITED',
      broken((tree) => (at(tree, 'config')['samples'] = { story: [0] } as never)),
    ],
    [
      'samples left out',
      'EVAL_INCOMPLETE',
      broken((tree) => (at(tree, 'n-samples', 'story')['effective'] = 999 as never)),
    ],
    [
      'samples counted otherwise',
      'EVAL_INCOMPLETE',
      broken((tree) => (at(tree, 'results', 'story')['sample_len'] = 5 as never)),
    ],
    ['no count of samples', 'EVAL_NO_SAMPLES', broken((tree) => delete at(tree, 'n-samples')['story'])],
    [
      'a count that is no number',
      'EVAL_NO_SAMPLES',
      broken((tree) => (at(tree, 'n-samples', 'story')['original'] = '1000' as never)),
    ],
    [
      'an empty task',
      'EVAL_NO_SAMPLES',
      broken(
        (tree) => (tree['n-samples'] = { ...at(tree, 'n-samples'), story: { original: 0, effective: 0 } }),
      ),
    ],
    [
      'no version of a task',
      'EVAL_NO_VERSION',
      broken((tree) => (at(tree, 'versions')['story'] = null as never)),
    ],
    [
      'the stopgap for a version',
      'EVAL_NO_VERSION',
      broken((tree) => (at(tree, 'versions')['story'] = 'Yaml' as never)),
    ],
    ['no version of the harness', 'EVAL_NO_VERSION', broken((tree) => delete tree['lm_eval_version'])],
    [
      'another harness version',
      'EVAL_NOT_THIS_FORMAT',
      broken((tree) => (tree['lm_eval_version'] = '0.5.0' as never)),
    ],
    ['no direction', 'EVAL_DIRECTION', broken((tree) => delete at(tree, 'higher_is_better')['story'])],
    [
      'text for a value',
      'EVAL_NOT_A_NUMBER',
      broken((tree) => (at(tree, 'results', 'arith_add')['acc,none'] = 'N/A' as never)),
    ],
    [
      'null for a value',
      'EVAL_NOT_A_NUMBER',
      broken((tree) => (at(tree, 'results', 'arith_add')['acc,none'] = null as never)),
    ],
    [
      'true for a value',
      'EVAL_NOT_A_NUMBER',
      broken((tree) => (at(tree, 'results', 'arith_add')['acc,none'] = true as never)),
    ],
    [
      'text for a standard error',
      'EVAL_NOT_A_NUMBER',
      broken((tree) => (at(tree, 'results', 'arith_add')['acc_stderr,none'] = 'nan' as never)),
    ],
    [
      'a task without values',
      'EVAL_NOT_A_NUMBER',
      broken((tree) => (at(tree, 'results')['arith_add'] = { alias: 'x' } as never)),
    ],
    ['a bare NaN', 'EVAL_NOT_A_NUMBER', groups.replace('11.25', 'NaN')],
    ['a bare -Infinity', 'EVAL_NOT_A_NUMBER', groups.replace('11.25', '-Infinity')],
    ['a number beyond bounds', 'EVAL_NOT_A_NUMBER', groups.replace('11.25', '1e400')],
    [
      'a metric without filter',
      'EVAL_NOT_THIS_FORMAT',
      broken((tree) => (at(tree, 'results', 'story')['f1'] = 0.5 as never)),
    ],
    ['a negative standard error', 'EVAL_NOT_THIS_FORMAT', groups.replace('0.0217', '-0.0217')],
    [
      'a key given twice',
      'EVAL_NOT_THIS_FORMAT',
      groups.replace('"acc,none": 0.75,', '"acc,none": 0.75, "acc,none": 0.95,'),
    ],
    [
      'arguments given twice',
      'EVAL_NOT_THIS_FORMAT',
      broken((tree) => (at(tree, 'config')['model_args'] = 'pretrained=a,pretrained=b' as never)),
    ],
    ['no arguments', 'EVAL_NOT_THIS_FORMAT', broken((tree) => delete at(tree, 'config')['model_args'])],
    ['no results', 'EVAL_NOT_THIS_FORMAT', broken((tree) => (tree['results'] = {}))],
    [
      'groups only',
      'EVAL_NOT_THIS_FORMAT',
      broken((tree) => (tree['results'] = { arith: at(tree, 'results', 'arith') })),
    ],
    ['no JSON', 'EVAL_NOT_THIS_FORMAT', '{'],
  ])('%s: %s alone', (_, code, text) => expect(codes(text)).toEqual([code]));

  test('output of 0.3, by name', () => {
    const [fault] = faults(fixture('lm-eval-v03.json'));
    expect(fault).toMatchObject({ code: 'EVAL_NOT_THIS_FORMAT' });
    expect(fault?.facts.join()).toContain('0.3');
  });
  test('more than one file', () => {
    const file = { path: 'results.json', bytes: new TextEncoder().encode(groups) };
    expect(lmEvalV04.import([file, file]).kind).toBe('refused');
  });
  test('with all findings at once', () => {
    const text = broken((tree) => {
      at(tree, 'config')['limit'] = 10 as never;
      at(tree, 'n-samples', 'story')['effective'] = 10 as never;
      at(tree, 'results', 'arith_add')['acc,none'] = 'N/A' as never;
    });
    expect(codes(text)).toEqual(['EVAL_LIMITED', 'EVAL_NOT_A_NUMBER', 'EVAL_INCOMPLETE']);
  });
});

test('a metric of whose direction the harness is silent is imported without one', () => {
  const report = imported(broken((tree) => delete at(tree, 'higher_is_better', 'story')['exact_match']));
  expect(report.tasks.map(({ higherIsBetter }) => higherIsBetter)).toEqual([
    true,
    true,
    undefined,
    undefined,
    false,
  ]);
});

describe('never throws', () => {
  test('for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(read(text).kind).toBe('refused');
      }),
    );
  });
  test('for any bytes in the place of any others', () => {
    const good = new TextEncoder().encode(groups);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 6 }), (from, bytes) => {
        const mutant = Uint8Array.from(good);
        mutant.set(bytes.slice(0, good.length - from), from);
        const result = read(mutant);
        if (result.kind === 'imported') evaluationReportDocument.print(result.report);
        else expect(result.faults[0].facts.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
  test('for any value in the place of any other', () => {
    const paths: string[][] = [];
    const walk = (json: unknown, path: string[]) => {
      paths.push(path);
      if (json !== null && typeof json === 'object')
        Object.entries(json).forEach(([key, value]) => walk(value, [...path, key]));
    };
    walk(JSON.parse(groups), []);
    fc.assert(
      fc.property(fc.constantFrom(...paths.slice(1)), fc.jsonValue(), (path, value) => {
        const text = broken((tree) => {
          at(tree, ...path.slice(0, -1))[path.at(-1) ?? ''] = value as never;
        });
        const result = read(text);
        if (result.kind === 'imported') evaluationReportDocument.print(result.report);
      }),
      { numRuns: 300 },
    );
  });
});

describe('importers', () => {
  test('are named once for each version', () => {
    expect(new Set(IMPORTERS.map(({ name, version }) => `${name} ${version}`)).size).toBe(IMPORTERS.length);
    expect(importerNamed('lm-eval-v0.4')).toBe(lmEvalV04);
    expect(importerNamed('lm-eval-v0.4', 1)).toBe(lmEvalV04);
    expect(importerNamed('lm-eval-v0.4', 99)).toBeNull();
    expect(importerNamed('other')).toBeNull();
  });
});

/** Output nobody here wrote, where a folder with it is named; it is not part of the project. */
const foreign = `${process.env['MODELSMITH_FOREIGN_DATA'] ?? ''}/eval/lm-eval`;
test.skipIf(!existsSync(`${foreign}/v0.4-two-tasks.json`))(
  'a real run of 0.4.9.2 imports with the values printed in it',
  () => {
    const report = imported(readFileSync(`${foreign}/v0.4-two-tasks.json`, 'utf8'));
    expect(
      report.tasks.map(({ task, value, stderr, samples }) => [task, value, stderr, samples?.effective]),
    ).toEqual([
      ['math_perturbed_full', '0', '0', 5000],
      ['math_rephrased_full', '0.0004', '0.0002828144211304471', 5000],
    ]);
    expect(report.model).toMatchObject({
      baseRevision: 'main',
      baseSha: '82047f5e5d5245c1b3a4cd75ad98aa441d6487cd',
    });
    expect(
      faults(readFileSync(`${foreign}/v0.3-baseline-step133000.json`, 'utf8'))[0]?.facts.join(),
    ).toContain('0.3');
  },
);
