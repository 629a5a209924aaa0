import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { workshop, type Workshop } from '../attacks/bench.ts';
import type { Person } from '../attacks/people.ts';
import type { Site } from '../attacks/site.ts';
import { IT } from '../attacks/world.ts';
import { modelsmith, succeed, type Where } from './support/command.ts';
import { person } from './support/walk.ts';

interface Told {
  readonly reasons: readonly { readonly code: string; readonly facts: Readonly<Record<string, unknown>> }[];
}
interface Status {
  readonly state: string;
  readonly riskTier: string;
  readonly waitsFor: string;
  readonly gates: readonly {
    readonly gate: string;
    readonly owner: string | null;
    readonly open: boolean;
    readonly canSign: readonly { readonly principal: string }[];
  }[];
}

/** A candidate that asks for a permission nobody had before and was trained on personal data. */
describe('a change of high risk', () => {
  let shop: Workshop;
  let site: Site;
  beforeAll(async () => {
    shop = workshop(inject('shared'));
    site = await shop.bench('sha1').site('owned');
  }, 600_000);
  afterAll(() => shop.dispose());

  const at = (start: string): Where => {
    site.git(['checkout', '-q', '-B', 'main', start]);
    return { env: { ...shop.box.env, MODELSMITH_ROOT: site.root }, cwd: site.directory };
  };
  const world = (): string => dirname(site.world.policy);
  const status = (where: Where): Status => JSON.parse(succeed(where, ['status', IT, '--json'])) as Status;

  it('that says too little is refused with everything that is wrong at once, and nothing is written', () => {
    const where = at(site.at('lock'));
    const { lineage, change } = parse(readFileSync(join(world(), 'metadata.yaml'), 'utf8')) as {
      lineage: { datasets: object[]; training: object };
      change: { flags: object };
    };
    const poor = {
      change: { ...change, flags: { ...change.flags, 'personal-data': false, 'new-tools': false } },
      lineage: {
        datasets: [{ name: 'claims', digest: 'a'.repeat(64) }],
        training: { ...lineage.training, codeCommit: undefined },
      },
    };
    const metadata = join(world(), 'poor.yaml');
    writeFileSync(metadata, stringify(JSON.parse(JSON.stringify(poor))));
    const key = { ...where, env: { ...where.env, MODELSMITH_KEY_FILE: join(world(), 'people/trainer.asc') } };
    const { code, stdout } = modelsmith(key, [
      ...['request', IT, '--adapter', join(world(), 'adapter'), '--metadata', metadata],
      ...['--on-behalf-of', 'ana', '--json'],
    ]);
    const { reasons } = JSON.parse(stdout) as Told;
    expect(code).toBe(3);
    const found = reasons.map(({ code: why, facts }) => `${why} ${String(facts['rule'] ?? facts['flag'])}`);
    expect(found).toEqual([
      'FLAG_CONTRADICTED new-tools',
      'FLAG_CONTRADICTED personal-data',
      'INTAKE_FAILED code-stated',
      'INTAKE_FAILED contact-stated',
      'INTAKE_FAILED intended-use-stated',
      'INTAKE_FAILED licence-stated',
      'INTAKE_FAILED licence-stated',
      'INTAKE_FAILED data-stated',
      'INTAKE_FAILED data-sheets',
      'INTAKE_FAILED legal-basis',
    ]);
    expect(site.git(['status', '--porcelain'])).toBe('');
    expect(site.git(['rev-parse', 'HEAD'])).toBe(site.at('lock'));
  });

  it('waits for everybody it concerns, by name, and moves with the last of them; verify agrees at each step', async () => {
    const where = at(site.at('exported'));
    const start = status(where);
    expect(start.riskTier).toBe('high');
    const waiting = (now: Status) =>
      now.gates
        .filter(({ open }) => !open)
        .map(({ owner, canSign }) => [owner, canSign.map((one) => one.principal)]);
    expect(waiting(start)).toEqual([
      [null, ['ana', 'omar', 'otto', 'emil', 'sue']],
      ['data-owner', ['sue']],
      ['ml-manager', ['mia']],
      ['model-owner', ['ana', 'eli']],
      ['release-owner', ['gus']],
      ['security-owner', ['otto']],
      ['software-owner', ['eli']],
    ]);
    expect(succeed(where, ['status', IT])).toMatch(/risk +high \(code-execution, cross-jurisdiction,/);

    const signs = async (who: Person, ...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await person(site, who, site.directory, ['approve', IT, ...words]);
      expect(code, stderr).toBe(0);
      expect(succeed(where, ['verify', '--root', site.root])).toContain('no findings');
      return stdout + stderr;
    };
    const screen = await signs('omar');
    expect(screen).toContain('still missing for artifact-exported → customer-deployed');
    expect(screen).toContain('otto');
    // One person signs in both roles that he holds on the edge.
    expect(await signs('eli')).toContain('operator-signoff as software-owner');
    expect(waiting(status(where)).map(([owner]) => owner)).toEqual([
      'data-owner',
      'ml-manager',
      'release-owner',
      'security-owner',
    ]);
    for (const [who, role] of [
      ['sue', 'data-owner'],
      ['otto', 'security-owner'],
      ['gus', 'release-owner'],
    ] as const)
      await signs(who, '--role', role);
    expect(status(where)).toMatchObject({ state: 'artifact-exported', waitsFor: 'ml-manager (has 0 of 1)' });
    expect(await signs('mia')).toContain('moved artifact-exported → customer-deployed');
    expect(status(where).state).toBe('customer-deployed');
  }, 300_000);
});
