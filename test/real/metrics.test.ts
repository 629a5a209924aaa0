import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricsOutput } from '../../src/commands/shared/views/metrics-output.ts';
import { parseCsv } from '../unit/support/csv.ts';
import { parseExposition } from '../unit/support/exposition.ts';
import { modelsmith, succeed } from './support/command.ts';
import { playDemo, type Demo } from './support/demo.ts';

/** Of the story of the demonstration: one release, three approvals by three people, and forgeries beside it. */
describe('metrics', () => {
  let demo: Demo;
  beforeAll(() => {
    demo = playDemo();
  });
  afterAll(() => demo.box.dispose());

  const asked = (...args: readonly string[]): MetricsOutput =>
    JSON.parse(succeed(demo.where, ['metrics', '--json', ...args])) as MetricsOutput;
  const share = ({ metrics }: MetricsOutput, name: string) => {
    const found = metrics.find((metric) => metric.name === name);
    return `${found?.numerator}/${found?.denominator}`;
  };
  /** When something of the iteration was signed. */
  const timeOf = (act: string, what: string): string => {
    const { acts } = JSON.parse(succeed(demo.where, ['log', 'claims-triage@1.0.0', '--json'])) as {
      acts: readonly { act: string; what: string; time: string }[];
    };
    const time = acts.find((each) => each.act === act && each.what.includes(what))?.time;
    if (time === undefined) throw new Error(`nobody did ${act} ${what}`);
    return time;
  };
  const seconds = (time: string): number => Date.parse(time) / 1000;

  it('count what was signed, in the shape that is documented', () => {
    const output = asked();
    expect(share(output, 'rejected-changes')).toBe('0/3');
    expect(share(output, 'complete-lineage')).toBe('1/1');
    expect(share(output, 'policy-violations')).toBe(
      `0/${demo.box.git(demo.evidence, ['rev-list', '--count', 'main']).trim()}`,
    );
    const latency = output.metrics.find(({ name }) => name === 'approval-latency');
    const exported = seconds(timeOf('transition', '→ artifact-exported'));
    const deployed = seconds(timeOf('transition', '→ customer-deployed'));
    const waits = [
      seconds(timeOf('approve', 'operator-signoff')) - exported,
      seconds(timeOf('approve', 'domain-validation')) - deployed,
      seconds(timeOf('approve', 'governance-approval')) - deployed,
    ].sort((a, b) => a - b);
    expect(latency).toMatchObject({
      numerator: waits.reduce((sum, wait) => sum + wait, 0),
      denominator: 3,
      p50: waits[1],
      p90: waits[2],
    });
    const schema = readFileSync(new URL('../../schemas/out-metrics.v1.json', import.meta.url), 'utf8');
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(schema) as object,
    );
    expect(validate(output), JSON.stringify(validate.errors)).toBe(true);
  });

  it('add up over windows, and are narrowed by line and role', () => {
    const cut = timeOf('approve', 'domain-validation');
    expect(share(asked('--until', cut), 'rejected-changes')).toBe('0/1');
    expect(share(asked('--since', cut), 'rejected-changes')).toBe('0/2');
    expect(share(asked('--role', 'operator'), 'rejected-changes')).toBe('0/1');
    expect(share(asked('--line', 'claims-*'), 'rejected-changes')).toBe('0/3');
    expect(share(asked('--line', 'claims-other'), 'rejected-changes')).toBe('0/0');
    expect(share(asked('--line', 'claims-other'), 'policy-violations')).not.toBe('0/0');
  });

  it('of a line that neither the policy nor anything recorded is for are not told: it is misspelt', () => {
    const ended = modelsmith(demo.where, ['metrics', '--line', 'other']);
    expect(ended.code).toBe(66);
    expect(ended.stderr).toMatch(/no line here is called other\n {2}there is: claims-triage\n/);
  });

  it('say the same to people, to Prometheus and to spreadsheets', () => {
    const text = succeed(demo.where, ['metrics']);
    expect(text).toMatch(/^complete lineage +1 of 1 releases \(100 %\)$/m);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    const families = parseExposition(succeed(demo.where, ['metrics', '--format', 'prometheus']));
    expect(families.get('modelsmith_complete_lineage_numerator')?.samples).toEqual([
      ['modelsmith_complete_lineage_numerator', { line: 'claims-triage', role: '' }, 1],
    ]);
    const rows = parseCsv(succeed(demo.where, ['metrics', '--format', 'csv']));
    expect(rows.find(([name, row]) => name === 'complete-lineage' && row === 'whole')?.slice(4, 8)).toEqual([
      'things',
      '1',
      '1',
      '1',
    ]);
  });

  it('take no number from a forgery, but count it', () => {
    const { code, stdout, stderr } = modelsmith(demo.where, [
      'metrics',
      '--json',
      '--branch',
      'tampered/skip',
    ]);
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('not verified');
    const output = JSON.parse(stdout) as MetricsOutput;
    expect(output.metrics.find(({ name }) => name === 'policy-violations')).toMatchObject({
      numerator: 1,
      named: [{ what: 'EDGE_UNKNOWN' }],
    });
    expect(share(output, 'complete-lineage')).toBe('0/0');
  });

  it.each([
    [['--since', '2031-01-01'], 'nothing can lie in a window'],
    [['--since', '2020-02-01', '--until', '2020-01-01'], 'nothing can lie in a window'],
    [['--since', 'yesterday'], 'must be such as'],
    [['--until', '30d'], 'must be such as'],
    [['--format', 'xml'], 'must be one of text, json, prometheus, csv'],
    [['--format', 'csv', '--json'], 'exclude each other'],
  ])('%j is no window or format', (args, message) => {
    const { code, stdout, stderr } = modelsmith(demo.where, ['metrics', ...args]);
    expect(code).toBe(64);
    expect(stdout + stderr).toContain(message);
  });
});
