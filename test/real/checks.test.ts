import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acting, type Acted } from './support/acting.ts';
import { lacking, modelsmith, succeed, type Where } from './support/command.ts';
import type { Ended } from './support/sandbox.ts';
import {
  at,
  harnessOutput,
  IT,
  lockLine,
  person,
  pipeline,
  policyFolder,
  SUBMIT,
  train,
  until,
  type Member,
} from './support/team.ts';

const CHECKS = 'risk:\n  checks:\n    - name: malware-scan\n      maxAgeDays: 30\n';

const sarif = (results: readonly object[], more: object = {}): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'scanner', version: '1.2' } }, results, ...more }],
  });
const BAD = sarif([{ ruleId: 'PICKLE', level: 'error', message: { text: 'a pickle is in there' } }]);
const GOOD = sarif([{ ruleId: 'NAME', message: { text: 'an unusual name' } }]);

/** A scanner of its own, with a key of its own, on the way of an iteration to customers. */
describe.skipIf(lacking('gpg'))('a check that the policy asks for', () => {
  const members: Member[] = [];
  let [ana, ben, trainer, scanner] = [] as unknown as [Member, Member, Member, Member];
  let folder = '';
  let root = '';
  beforeAll(async () => {
    const owners = ['evaluation', 'security', 'data', 'software', 'release'].map((name) => `${name}-owner`);
    ana = person('ana', ['model-owner', 'domain-expert', ...owners]);
    ben = person('ben', ['operator', 'governance-approver', 'policy-approver', 'override']);
    trainer = await pipeline();
    scanner = await pipeline('scanner', ['checker:malware-scan']);
    members.push(ana, ben, trainer, scanner);
    folder = join(ana.box.root, 'evidence');
    const policy = policyFolder(
      ana.box,
      members,
      (text) => `${text.replace(/^risk:.*\n(?:[ #].*\n|\n)*/m, '').trimEnd()}\n${CHECKS}`,
    );
    const said = succeed(at(ana), ['init', folder, '--policy', policy, '--json']);
    ({ root } = JSON.parse(said) as { root: string });
    const base = ana.box.write(join(ana.box.root, 'base.json'), harnessOutput('base', 1_704_100_000));
    const locked = lockLine(at(ana), at(trainer, root), folder, base);
    // What is new here counts as changed, whatever it is.
    const fresh = /((?:expands-permissions|modifies-(?:code|data-lineage|evaluator)): )false/g;
    train(trainer, locked + 1, locked + 1, (metadata) => metadata.replace(fresh, '$1true'));
    await until(locked + 1);
    trainer.box.write(join(trainer.box.home, 'out/risk-assessment.md'), '# Risk\n\nIt may be wrong.\n');
    const more = ['--evidence', 'out/risk-assessment.md', '-C', folder];
    expect(succeed(at(trainer, root), [...SUBMIT, ...more])).toContain(`${IT} is artifact-exported`);
  });
  afterAll(() => {
    for (const { box } of members) box.dispose();
  });

  const here = (who: Member): Where => at(who, root);
  const run = (who: Member, ...args: string[]): Ended => modelsmith(here(who), [...args, '-C', folder]);
  const approve = (who: Member): Promise<Acted> => acting(here(who), ['approve', IT, '-C', folder]);
  const verified = (): void => {
    expect(succeed(here(ana), ['verify', '--content', '-C', folder])).toContain('verified: no findings');
  };
  const record = (text: string, ...more: string[]): Ended => {
    scanner.box.write(join(scanner.box.home, 'scan.sarif'), text);
    return run(scanner, 'check', 'add', IT, 'scan.sarif', '--name', 'malware-scan', ...more);
  };

  it('is missed before there is a result', async () => {
    const { code, stderr } = run(ben, 'promote', IT);
    expect(code).toBe(3);
    expect(stderr).toContain('CHECK_MISSING');
    expect(stderr).toContain(`modelsmith check add ${IT} <file> --name malware-scan`);
    const refused = await approve(ben);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('CHECK_MISSING');
    expect(run(ana, 'status', IT).stdout).toMatch(/check +malware-scan: missing/);
    const queue = JSON.parse(run(ana, 'queue', '--json').stdout) as {
      blocked: { people: { principal: string; command: string }[] }[];
    };
    expect(queue.blocked[0]?.people).toMatchObject([{ principal: 'scanner' }]);
    verified();
  });

  it('is recorded by the scanner alone, and only what can be read', () => {
    scanner.box.write(join(trainer.box.home, 'scan.sarif'), GOOD);
    const other = run(trainer, 'check', 'add', IT, 'scan.sarif', '--name', 'malware-scan');
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('ROLE_NOT_HELD')]);
    const [stopped, foreign] = [
      record(sarif([], { invocations: [{ executionSuccessful: false }] })),
      record('a text'),
    ];
    expect([stopped.code, stopped.stderr]).toEqual([3, expect.stringContaining('CHECK_INCOMPLETE')]);
    expect([foreign.code, foreign.stderr]).toEqual([3, expect.stringContaining('CHECK_NOT_THIS_FORMAT')]);
    expect(record(GOOD, '--format', 'xml').code).toBe(64);
    expect(record(GOOD, '--format', 'junit').stderr).toContain('is not XML');
  });

  it('closes the gate with a result that failed', async () => {
    const dry = record(BAD, '--dry-run');
    expect(dry.stdout).toContain('dry run: nothing was written');
    const { code, stdout, stderr } = record(BAD);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('check malware-scan: failed, 1 error (scanner 1.2)');
    expect(stdout).toContain('error PICKLE: a pickle is in there');
    const refused = await approve(ben);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('CHECK_FAILED')]);
    expect(run(ana, 'show', IT).stdout).toMatch(/malware-scan +failed, by scanner as checker:malware-scan/);
    verified();
  });

  it('opens it with a newer one that passed, and people move the iteration', async () => {
    const out = record(GOOD, '--json');
    expect(JSON.parse(out.stdout), out.stderr).toMatchObject({
      check: { name: 'malware-scan', status: 'passed', counts: { error: 0, warning: 1, note: 0 } },
      state: 'artifact-exported',
    });
    verified();
    const first = await approve(ana);
    expect(first.code, first.stderr).toBe(0);
    verified();
    const last = await approve(ben);
    expect(last.code, last.stderr).toBe(0);
    expect(last.stdout).toContain('moved artifact-exported → customer-deployed');
    verified();
    const log = JSON.parse(run(ana, 'log', IT, '--json').stdout) as { acts: { act: string; what: string }[] };
    expect(log.acts.filter(({ act }) => act === 'check').map(({ what }) => what)).toEqual([
      'check malware-scan: failed',
      'check malware-scan: passed',
    ]);
  });
});
