import { mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsmith, modelsmithAlone, type Where } from './support/command.ts';
import { everyFile } from './support/demo.ts';
import { sandbox, type Ended, type Sandbox } from './support/sandbox.ts';

/** The demonstration as a newcomer runs it: in some folder, with git and without gpg. */
describe('modelsmith demo', () => {
  let box: Sandbox;
  let where: Where;
  let before: ReadonlyMap<string, string>;
  let first: Ended;
  beforeAll(() => {
    box = sandbox();
    const bin = join(box.root, 'bin');
    mkdirSync(bin);
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    symlinkSync(realpathSync(git), join(bin, 'git'));
    const cwd = join(box.root, 'here');
    mkdirSync(cwd);
    where = { env: { ...box.env, PATH: bin }, cwd };
    before = everyFile(box.root);
    first = modelsmithAlone(where, ['demo']);
  });
  afterAll(() => box.dispose());

  it('goes through, with git as its only tool, and says what it is', () => {
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout.startsWith('DEMONSTRATION')).toBe(true);
    for (const said of [
      'claims-triage@1.0.0 is artifact-exported',
      'moved artifact-exported → customer-deployed',
      'moved customer-deployed → production-validated',
      'deprecated claims-triage@1.0.0',
      'verified: no findings',
      'every attempt to cheat was refused',
    ])
      expect(first.stdout).toContain(said);
  });

  it.each([
    ['tampered/score', 'RECORD_REWRITTEN'],
    ['tampered/approval', 'SIGNATURE_REFUSED'],
    ['tampered/skip', 'EDGE_UNKNOWN'],
  ])('shows how %s is found out', (branch, code) => {
    const [, shown = ''] = first.stdout.split(`--branch ${branch}`);
    expect(shown.split('\n== ')[0]).toMatch(new RegExp(`not verified: 1 finding\n[0-9a-f]{12}  ${code}`));
  });

  it('writes nothing outside its folder', () => {
    expect(readdirSync(where.cwd)).toEqual(['modelsmith-demo']);
    const after = [...everyFile(box.root)].filter(([path]) => !path.startsWith(`${where.cwd}/`));
    expect(new Map(after)).toEqual(before);
  });

  it('leaves a repository that verifies with the root it printed', () => {
    const [, folder = '', root = ''] = /cd (\S+) && export MODELSMITH_ROOT=(\S+)/.exec(first.stdout) ?? [];
    expect(folder).toBe(join(where.cwd, 'modelsmith-demo/evidence'));
    const here = { env: { ...where.env, MODELSMITH_ROOT: root }, cwd: folder };
    const verified = modelsmith(here, ['verify', '--content']);
    expect(verified.stdout).toContain('verified: no findings');
    expect(verified.code).toBe(0);
    expect(modelsmith(here, ['verify', '--branch', 'tampered/score']).code).toBe(3);
    expect(modelsmith({ ...where, cwd: folder }, ['verify']).code).toBe(78);
    for (const verb of [['status'], ['reproduce', 'claims-triage@1.0.0'], ['log']]) {
      const told = modelsmith(here, verb);
      expect([verb[0], told.code, told.stdout.split('\n')[0]]).toEqual([verb[0], 0, 'DEMONSTRATION']);
    }
  });

  it('picks another folder the second time, and refuses to write into one that is taken', () => {
    expect(modelsmith(where, ['demo', '--json']).code).toBe(0);
    expect(readdirSync(where.cwd).sort()).toEqual(['modelsmith-demo', 'modelsmith-demo-2']);
    const taken = everyFile(join(where.cwd, 'modelsmith-demo'));
    expect(modelsmith(where, ['demo', 'modelsmith-demo']).code).toBe(73);
    expect(everyFile(join(where.cwd, 'modelsmith-demo'))).toEqual(taken);
  });
});
