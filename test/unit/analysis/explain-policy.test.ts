import { describe, expect, it } from 'vitest';
import { explainPolicy } from '../../../src/analysis/explain-policy.ts';
import type { Held } from '../../../src/analysis/why-holds.ts';
import { explanationLines } from '../../../src/commands/policy-explain/explanation-lines.ts';
import { styleOf } from '../../../src/commands/shared/terminal/style.ts';
import { requestIt, CHANGE } from '../support/acts.ts';
import type { LawChanges } from '../support/law-files.ts';
import { requestTied } from '../support/lock-ties.ts';
import { treeAt } from '../support/stages.ts';
import { at, bundleAt, done, hour, worldOf } from '../support/world.ts';

const owns = (...roles: readonly string[]) => ({ roles: roles.map((role) => ({ role, lines: ['*'] })) });
const OWNERS: LawChanges['people'] = {
  eva: owns('evaluation-owner', 'software-owner'),
  may: owns('model-owner', 'security-owner'),
  dan: owns('data-owner', 'release-owner'),
};
const RULES = [
  {
    id: 'people',
    why: 'It is about people.',
    when: { all: [{ flag: 'personal-data' }, { not: { mutation: 'prompt' } }] },
    approvals: ['data-owner'],
  },
  { id: 'tier-c', when: { any: [{ licenceTier: 'C' }, { line: 'other' }] }, tier: 'high' },
  { id: 'calls', when: { permission: 'network:*' }, evidence: ['attachments/hosts.md'] },
  { id: 'plans', when: { flag: 'autonomous-planning' }, tier: 'standard' },
];
const LAW: LawChanges = {
  policy: { risk: { rules: RULES, checks: [{ name: 'scan', maxAgeDays: 7 }] } },
  people: OWNERS,
  line: { licenceTier: 'B' },
};

const explained = (changes: object = {}) => {
  const tree = done(treeAt('locked', LAW), requestIt({ change: { ...CHANGE, ...changes } }));
  return explainPolicy(worldOf(tree).law, bundleAt(tree), hour(9));
};
const text = (explanation: ReturnType<typeof explained>, columns = 80) =>
  explanationLines('triage@1.0.0', 3, explanation, styleOf(false), columns).join('\n');

describe('what a policy says of an iteration', () => {
  it('is the rule of its line, and those behind it that it never comes to', () => {
    expect(explained().line).toMatchObject({ place: 1 });
    expect(explained().licenceTier).toBe('B');
  });

  it('is how strongly the lock has to be shown, and how strongly it is', () => {
    const tree = done(
      treeAt('locked', { ...LAW, line: { ...LAW.line, lockStrength: 'bound' } }),
      requestTied(),
    );
    const explanation = explainPolicy(worldOf(tree).law, bundleAt(tree), hour(9));
    expect(explanation.lock).toMatchObject({ strength: 'bound', demanded: 'bound' });
    expect(text(explanation)).toMatch(
      /asked for +bound\n +it is +bound: the weights carry its id; no signature over the model/,
    );
  });

  it('does not seat whoever answers for the machine that asked where requesters are barred', () => {
    const tree = done(treeAt('locked', { people: { ci: { owner: 'gus' } } }), requestIt());
    const { seats } = explainPolicy(worldOf(tree).law, bundleAt(tree), hour(9));
    const { people = [], barred } = seats.find(({ gate }) => gate === 'governance-approval') ?? {};
    expect(barred).toEqual(['mia', 'gus']);
    expect(people).not.toContain('gus');
  });

  it('is each flag, with who says so', () => {
    const { flags } = explained({
      flags: [{ name: 'sensitive-task', value: false }],
      permissions: ['network:a'],
    });
    const of = (name: string) => flags.find(({ flag }) => flag === name);
    expect(of('sensitive-task')).toMatchObject({ counts: false, because: 'the request says no' });
    expect(of('autonomous-planning')).toMatchObject({ counts: true, because: 'nobody says' });
    expect(of('network-access')).toMatchObject({ counts: true, because: 'it asks for network:a' });
  });

  it('is each rule of risk, its condition part by part as the machine takes it', () => {
    const { rules, risk } = explained({ permissions: ['network:a'] });
    expect(rules.map(({ id, applies }) => [id, applies])).toEqual([
      ['people', true],
      ['tier-c', false],
      ['calls', true],
      ['plans', true],
    ]);
    const [people, tierC] = rules;
    const shape = (held: Held | undefined): unknown =>
      held === undefined ? null : [held.what, held.holds, ...held.parts.map(shape)];
    expect(shape(people?.condition)).toEqual([
      'all of',
      true,
      ['flag personal-data', true],
      ['not', true, ['mutation prompt', false]],
    ]);
    expect(shape(tierC?.condition)).toEqual([
      'any of',
      false,
      ['licence tier C', false],
      ['line other', false],
    ]);
    expect(rules[2]?.brings).toEqual(['evidence attachments/hosts.md']);
    expect(risk?.evidence).toContain('attachments/hosts.md');
  });

  it('is each seat with who could sit there, and who is barred', () => {
    const { seats } = explained();
    const operator = seats.find(({ gate, owner }) => gate === 'operator-signoff' && owner === null);
    expect(operator).toMatchObject({ quorum: 1, checks: [{ name: 'scan', maxAgeDays: 7 }] });
    expect(operator?.people).toContain('kim');
    expect(seats.find(({ owner }) => owner === 'data-owner')?.people).toEqual(['dan']);
    for (const { people, barred } of seats) expect(people.filter((id) => barred.includes(id))).toEqual([]);
  });

  it('is readable at 80 columns', () => {
    const shown = text(explained({ permissions: ['network:a'] }));
    expect(shown).toContain('yes  people: approval of the data-owner');
    expect(shown).toContain('no   tier-c');
    expect(shown).toContain('It is about people.');
    expect(shown).toContain('flag autonomous-planning – nobody says, so it counts');
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows what cannot be seen in names that requests bring', () => {
    const lineage = {
      datasets: [{ name: 'cla\u200bims', digest: 'a'.repeat(64) }],
      training: { system: 'axolotl', run: 'r1', startedAt: at(2), endedAt: at(3) },
    };
    const tree = done(treeAt('locked', LAW), requestIt({ lineage }));
    const shown = text(explainPolicy(worldOf(tree).law, bundleAt(tree), hour(9)), 200);
    expect(shown).toContain('whether cla\\u200bims holds');
    expect(shown).not.toContain('\u200b');
  });

  it('says where nobody judges risk', () => {
    const tree = treeAt('candidate');
    const plain = explainPolicy(worldOf(tree).law, bundleAt(tree), hour(9));
    expect(text(plain)).toContain('nobody judges it');
  });
});
