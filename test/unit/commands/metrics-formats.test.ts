import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cell } from '../../../src/commands/metrics/csv.ts';
import { formatted } from '../../../src/commands/metrics/formats.ts';
import { metricsReference } from '../../../src/commands/shared/explaining/metrics-reference.ts';
import { MetricsOutput, type MetricOut } from '../../../src/commands/shared/views/metrics-output.ts';
import { DEFINITIONS } from '../../../src/metrics/definitions.ts';
import { parseCsv } from '../support/csv.ts';
import { parseExposition } from '../support/exposition.ts';

const top = new URL('../../../', import.meta.url);
const PLAIN = { columns: 80, color: false };
/** Ends a label, a line, a cell; begins a formula; drives a terminal; hides what follows. */
const HOSTILE = `=cmd|'/c calc'!A1,"\\\n# TYPE x counter\u001b[2J\u202e\u0007`;

type Some = Partial<Pick<MetricOut, 'numerator' | 'denominator' | 'parts' | 'named' | 'p50' | 'p90'>>;

function outputWith(
  some: Partial<Record<string, Some>> = {},
  more: Partial<MetricsOutput> = {},
): MetricsOutput {
  return {
    schema: 'modelsmith/out/metrics/v1',
    answer: 'yes',
    demonstration: false,
    tip: 'd'.repeat(40),
    shown: 'd'.repeat(40),
    findings: 0,
    window: { since: '2026-01-01T00:00:00Z', until: '2026-04-01T00:00:00Z' },
    asked: { line: null, role: null },
    incidents: 0,
    metrics: DEFINITIONS.map(({ name, title, unit, by, numerator, denominator }) => {
      const own = { numerator: 0, denominator: 0, p50: null, p90: null, parts: [], named: [], ...some[name] };
      const ratio = own.denominator === 0 ? null : own.numerator / own.denominator;
      return { name, title, unit, by, counts: { numerator, denominator }, ...own, ratio };
    }),
    ...more,
  };
}

const part = (
  line: string | null,
  role: string | null,
  numerator: number,
  denominator: number,
  seconds: number | null = null,
) => ({
  ...{ line, role, numerator, denominator, ratio: numerator / denominator },
  ...{ p50: seconds, p90: seconds },
});
const full = outputWith({
  'approval-latency': {
    numerator: 90_061,
    denominator: 1,
    p50: 90_061,
    p90: 90_061,
    parts: [part('triage', 'operator', 90_061, 1, 90_061)],
  },
  'rejected-changes': {
    ...{ numerator: 1, denominator: 3000 },
    parts: [part('triage', 'operator', 1, 2000), part(null, 'ml-manager', 0, 1000)],
    named: Array.from({ length: 12 }, (_none, index) => ({
      about: 'triage@1.0.0',
      what: `rejected, entry ${index}`,
    })),
  },
  'complete-lineage': {
    numerator: 2999,
    denominator: 3000,
    named: [{ about: 'triage@1.0.0', what: `does not name licence of the data set ${HOSTILE}` }],
  },
  'policy-violations': {
    numerator: 1,
    denominator: 4,
    parts: [part(null, null, 1, 4)],
    named: [{ about: 'c'.repeat(40), what: 'UNSIGNED' }],
  },
});

describe('metrics as text', () => {
  const text = formatted('text', full, PLAIN);

  it('fits 80 columns and drives no terminal', () => {
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('says the shares in words, and rounds nothing to none or all', () => {
    expect(text).toMatch(/^approval latency +p50 1 d 1 h, p90 1 d 1 h, mean 1 d 1 h \(approvals: 1\)$/m);
    expect(text).toMatch(/^rejected changes +1 of 3000 decisions \(under 0\.1 %\)$/m);
    expect(text).toMatch(/^complete lineage +2999 of 3000 releases \(over 99\.9 %\)$/m);
    expect(text).toMatch(/^policy violations +1 of 4 governed commits \(25 %\)$/m);
    expect(text).toMatch(/^expired evidence +no pieces under a rule of age$/m);
  });

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3599, '59 min 59 s'],
    [3600, '1 h'],
    [86_399, '23 h 59 min'],
    [86_400, '1 d'],
    [90_000, '1 d 1 h'],
    [100 * 86_400, '100 d'],
  ])('tells %i seconds as %s', (seconds, words) => {
    const latency = { numerator: seconds, denominator: 1, p50: seconds, p90: seconds };
    expect(formatted('text', outputWith({ 'approval-latency': latency }), PLAIN)).toContain(
      `p50 ${words}, p90 ${words},`,
    );
  });

  it('names what is behind the numbers, a few of many', () => {
    expect(text).toContain('policy violations: cccccccccccc UNSIGNED');
    expect(text).toContain('rejected changes: triage@1.0.0 rejected, entry 9');
    expect(text).not.toContain('entry 10');
    expect(text).toContain('rejected changes: 2 more; --json has all');
  });

  it('says what was asked for does not narrow', () => {
    const narrowed = outputWith({}, { asked: { line: 'claims-*', role: 'operator' }, incidents: 2 });
    const words = formatted('text', narrowed, { columns: 200, color: false });
    expect(words).toContain('up to 2026-04-01T00:00:00Z, line claims-*, role operator');
    expect(words).toContain('2 repairs signed in it');
    expect(words).toContain('not narrowed by --line: policy violations\n');
    expect(words).toContain(
      'not narrowed by --role: policy violations, complete lineage, requirements added',
    );
  });
});

describe('metrics as Prometheus reads them', () => {
  it('are families with help and type, each said once and before its samples', () => {
    const families = parseExposition(formatted('prometheus', full, PLAIN));
    expect(families.get('modelsmith_rejected_changes_numerator')).toEqual({
      type: 'gauge',
      help: 'Rejections among these decisions.',
      samples: [
        ['modelsmith_rejected_changes_numerator', { line: 'triage', role: 'operator' }, 1],
        ['modelsmith_rejected_changes_numerator', { line: '', role: 'ml-manager' }, 0],
      ],
    });
    const latency = families.get('modelsmith_approval_latency_seconds');
    const labels = { line: 'triage', role: 'operator' };
    expect(latency?.type).toBe('summary');
    expect(latency?.samples).toEqual([
      ['modelsmith_approval_latency_seconds', { ...labels, quantile: '0.5' }, 90_061],
      ['modelsmith_approval_latency_seconds', { ...labels, quantile: '0.9' }, 90_061],
      ['modelsmith_approval_latency_seconds_sum', labels, 90_061],
      ['modelsmith_approval_latency_seconds_count', labels, 1],
    ]);
    expect(families.size).toBe(4 + 1 + 2 * (DEFINITIONS.length - 1));
  });

  it('are there with a zero where there is nothing, but no quantile of nothing', () => {
    const families = parseExposition(formatted('prometheus', outputWith(), PLAIN));
    const none = { line: '', role: '' };
    for (const { samples } of families.values()) expect(samples.length).toBeGreaterThan(0);
    expect(families.get('modelsmith_complete_lineage_denominator')?.samples).toEqual([
      ['modelsmith_complete_lineage_denominator', none, 0],
    ]);
    expect(families.get('modelsmith_approval_latency_seconds')?.samples).toEqual([
      ['modelsmith_approval_latency_seconds_sum', none, 0],
      ['modelsmith_approval_latency_seconds_count', none, 0],
    ]);
    expect(families.get('modelsmith_window_start_seconds')?.samples[0]?.[2]).toBe(1_767_225_600);
  });

  it('say any name in a label so that it is read back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '\n', 'n', '{', '}', ',', '=', '#', ' ', 'ä') }),
        (name) => {
          const parts = [part(name, null, 1, 2)];
          const text = formatted(
            'prometheus',
            outputWith({ 'complete-lineage': { numerator: 1, denominator: 2, parts } }),
            PLAIN,
          );
          const samples = parseExposition(text).get('modelsmith_complete_lineage_numerator')?.samples;
          expect(samples).toEqual([['modelsmith_complete_lineage_numerator', { line: name, role: '' }, 1]]);
        },
      ),
    );
  });
});

describe('metrics as CSV', () => {
  it('are a row for each whole, part and name, all as wide as the head', () => {
    const text = formatted('csv', full, PLAIN);
    const [head = [], ...rows] = parseCsv(text);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.length]));
    const records = rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at]])));
    expect(records.filter(({ row }) => row === 'whole').map(({ metric }) => metric)).toEqual(
      DEFINITIONS.map(({ name }) => name),
    );
    expect(records.find(({ metric, row }) => metric === 'rejected-changes' && row === 'part')).toMatchObject({
      line: 'triage',
      role: 'operator',
      numerator: '1',
      denominator: '2000',
      p50: '',
    });
    expect(
      records.find(({ metric, row }) => metric === 'complete-lineage' && row === 'named')?.['what'],
    ).toContain(HOSTILE);
  });

  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['\uff1d1', "'\uff1d1"],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
  ])('write %j as %j', (text, written) => {
    expect(cell(text)).toBe(written);
  });

  it('give back every text, save for the mark before a formula', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '=', '@', "'", 'a', 'é') }), {
          minLength: 2,
          maxLength: 5,
        }),
        (texts) => {
          const [row = []] = parseCsv(`${texts.map(cell).join(',')}\r\n`);
          expect(row.map((text) => text.replace(/^'(?=[=@\r\n])/, ''))).toEqual(
            texts.map((text) => text.replace(/^'(?=[=@\r\n])/, '')),
          );
          for (const text of row) expect(text).not.toMatch(/^[=+\-@\t\r\n]/);
        },
      ),
    );
  });
});

describe('metrics as JSON', () => {
  it('are what the schema says', () => {
    const schema = readFileSync(new URL('schemas/out-metrics.v1.json', top), 'utf8');
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(schema) as object,
    );
    expect(validate(JSON.parse(formatted('json', full, PLAIN))), JSON.stringify(validate.errors)).toBe(true);
    expect(MetricsOutput.safeParse(full).success).toBe(true);
    expect(validate({ ...full, note: 'hello' })).toBe(false);
  });
});

describe('docs/metrics.md', () => {
  const written = readFileSync(new URL('docs/metrics.md', top), 'utf8');

  it('is what `npm run schemas` writes', () => {
    expect(written).toBe(metricsReference());
  });

  it.each(DEFINITIONS)(
    'defines $name by numerator and denominator',
    ({ name, numerator, denominator, note }) => {
      for (const words of [
        `\`${name}\``,
        `- numerator: ${numerator}\n`,
        `- denominator: ${denominator}\n`,
        note,
      ])
        expect(written).toContain(words);
    },
  );
});
