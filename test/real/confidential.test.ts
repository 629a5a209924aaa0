import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

const FIXTURES = fileURLToPath(new URL('../../fixtures/evals', import.meta.url));
const LOG = 'samples_claims_routing_2026-03-02T09-30-00.123456.jsonl';
const BUNDLE = `promotions/${IT.replace('@', '/')}`;
const RAW = 'eval-transcripts/run-1/raw';
const LIVE = 'attachments/live.jsonl';

/** Held-out items that only their readers see, from the harness to a sample that an expert judged, and their end. */
describe.skipIf(lacking('gpg'))('confidential evidence', () => {
  const members: Member[] = [];
  let [ana, ben, dana, trainer] = [] as unknown as [Member, Member, Member, Member];
  let folder = '';
  let root = '';
  let logs = '';
  let opened = '';
  beforeAll(async () => {
    ana = person('ana', ['model-owner', 'evaluation-owner', 'data-owner', 'policy-approver', 'override']);
    ben = person('ben', ['operator', 'governance-approver', 'policy-approver', 'override'], true);
    dana = person('dana', ['domain-expert'], true);
    trainer = await pipeline();
    members.push(ana, ben, dana, trainer);
    folder = join(ana.box.root, 'evidence');
    opened = join(dana.box.home, 'held-out');
    const policy = policyFolder(ana.box, members, (text) =>
      text
        .replace(/^( +)rubric: claims.*$/m, '$&\n$1transcripts: confidential\n$1evidenceReaders: [dana, ben]')
        .replace(/^ +# sample:.*$/m, '    sample: { judged: 2, methods: [random] }'),
    );
    ({ root } = JSON.parse(succeed(at(ana), ['init', folder, '--policy', policy, '--json'])) as {
      root: string;
    });
    const base = ana.box.write(join(ana.box.root, 'base.json'), harnessOutput('base', 1_704_100_000));
    const locked = lockLine(at(ana), at(trainer, root), folder, base);
    train(trainer, locked + 1, locked + 1);
    logs = join(trainer.box.home, 'logs');
    cpSync(join(FIXTURES, LOG), join(logs, LOG));
    trainer.box.write(join(trainer.box.home, 'live.jsonl'), '{"input": "a real claim", "output": "x"}\n');
    await until(locked + 1);
  });
  afterAll(() => {
    for (const { box } of members) box.dispose();
  });

  const here = (who: Member): Where => at(who, root);
  const run = (who: Member, ...args: string[]): Ended => modelsmith(here(who), [...args, '-C', folder]);
  const act = (who: Member, ...args: string[]): Promise<Acted> => acting(here(who), [...args, '-C', folder]);
  const verified = (...more: string[]): string => {
    const said = succeed(here(ana), ['verify', '--content', ...more, '-C', folder]);
    expect(said).toContain('verified: no findings');
    return said;
  };
  const inBundle = (path: string): string => join(folder, BUNDLE, path);
  const unseal = (who: Member, to: string, ...more: string[]): Ended =>
    run(who, 'unseal', IT, ...more, '--to', to);

  it('comes in sealed, because the line asks for that, and nothing of it lies in the clear', () => {
    const done = run(trainer, ...SUBMIT, '--transcripts', logs);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout.replace(/\s+/g, '')).toContain(`${LOG},whichissealed`);
    expect(readdirSync(inBundle(RAW)).sort()).toEqual([
      'results.json',
      `${LOG}.confidential.json`,
      `${LOG}.pgp`,
    ]);
    expect(readFileSync(inBundle(`${RAW}/${LOG}.pgp`)).includes('bicycle')).toBe(false);
    const added = run(trainer, 'evidence', 'add', IT, 'live.jsonl', '--confidential', 'outside');
    expect(added.code, added.stderr).toBe(0);
    expect(existsSync(inBundle(`${LIVE}.pgp`))).toBe(false);
    verified();
  });

  it('is told to everybody, and opens for its readers alone', () => {
    const shown = run(ana, 'show', IT).stdout;
    expect(shown.replace(/\s+/g, ' ')).toContain('kept outside the repository');
    expect(shown.replace(/\s+/g, ' ')).toContain(`modelsmith unseal ${IT} --to <folder>`);
    const closed = unseal(ana, join(ana.box.home, 'x'));
    expect([closed.code, closed.stderr]).toEqual([67, expect.stringContaining('no secret key')]);
    const inside = unseal(dana, join(folder, 'open'));
    expect([inside.code, inside.stderr]).toEqual([64, expect.stringContaining('inside the repository')]);
    symlinkSync(folder, join(dana.box.home, 'link'));
    const linked = unseal(dana, join(dana.box.home, 'link/open'));
    expect([linked.code, linked.stderr]).toEqual([64, expect.stringContaining('inside the repository')]);
    const trap = join(dana.box.home, 'trap');
    mkdirSync(trap);
    symlinkSync(dana.box.home, join(trap, 'eval-transcripts'));
    const elsewhere = unseal(dana, trap);
    expect([elsewhere.code, elsewhere.stderr]).toEqual([77, expect.stringContaining('leads elsewhere')]);
    expect(existsSync(join(dana.box.home, 'run-1'))).toBe(false);
    const other = unseal(dana, opened, 'model-card.md');
    expect([other.code, other.stderr]).toEqual([66, expect.stringContaining('no confidential file')]);
    const out = unseal(dana, opened, LIVE);
    expect([out.code, out.stderr]).toEqual([66, expect.stringContaining('kept outside')]);

    const mine = unseal(dana, opened);
    expect(mine.code, mine.stderr).toBe(0);
    const file = join(opened, RAW, LOG);
    expect(readFileSync(file)).toEqual(readFileSync(join(logs, LOG)));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(unseal(dana, opened).code).toBe(0);
    dana.box.write(file, 'something else');
    expect(unseal(dana, opened).code).toBe(73);
    rmSync(file);
    expect(unseal(dana, opened).code).toBe(0);
    const items = run(dana, 'show', IT, '--items', '--confidential-from', opened).stdout;
    expect(items).toContain('Third stolen bicycle this year');
    expect(run(dana, 'show', IT, '--items').stdout).not.toContain('bicycle');
  });

  it('does not let a reader ask for a promotion', () => {
    const file = join(trainer.box.home, 'out/metadata.yaml');
    const text = readFileSync(file, 'utf8');
    trainer.box.write(file, text.replace(/^onBehalfOf: .*$/m, 'onBehalfOf: dana'));
    const asked = run(
      ...([trainer, 'request', IT.replace('1.0.0', '1.0.1'), '--adapter', 'out/adapter'] as const),
      ...['--metadata', 'out/metadata.yaml', '--on-behalf-of', 'dana', '--dry-run'],
    );
    expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining('READER_BARRED')]);
    trainer.box.write(file, text);
  });

  it('is judged by an expert who has it at hand, and by nobody who has not', async () => {
    expect((await act(ben, 'approve', IT)).stdout).toContain('moved artifact-exported → customer-deployed');
    const blind = await act(dana, 'approve', IT);
    expect([blind.code, blind.stderr]).toEqual([
      66,
      expect.stringContaining('not all transcripts are at hand'),
    ]);
    const seen = await act(dana, 'approve', IT, '--confidential-from', opened);
    expect(seen.code, seen.stderr).toBe(0);
    expect(verified().replace(/\s+/g, ' ')).toContain('1 confidential transcript not at hand');
    expect(verified('--confidential-from', logs)).not.toContain('not at hand');
  });

  it('is found out where the sample is of something else', () => {
    const other = join(ana.box.home, 'other');
    ana.box.write(join(other, 'x.jsonl'), '{"input": "x", "output": "y"}\n');
    expect(verified('--confidential-from', other).replace(/\s+/g, ' ')).toContain('not at hand');
    expect(run(ana, 'verify', '--content', '--confidential-from', join(other, 'x.jsonl')).code).toBe(66);
  });

  it('is erased by a data owner, and everything signed still holds', async () => {
    const path = `${RAW}/${LOG}`;
    const mine = await act(ben, 'erase', IT, path, '--message', 'no longer needed');
    expect([mine.code, mine.stderr]).toEqual([3, expect.stringContaining('ROLE')]);
    const unknown = await act(ana, 'erase', IT, 'model-card.md', '--message', 'To see it.');
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('ERASE_UNKNOWN')]);
    const no = await acting(here(ana), ['erase', IT, path, '--message', 'To see it.', '-C', folder], {
      answer: () => 'no',
    });
    expect(no.code).toBe(77);
    expect(existsSync(inBundle(`${path}.pgp`))).toBe(true);

    const done = await act(ana, 'erase', IT, path, LIVE, '--message', 'Asked for, case 17.');
    expect(done.code, done.stderr).toBe(0);
    expect(existsSync(inBundle(`${path}.pgp`))).toBe(false);
    expect(verified()).toContain('CONTENT_ERASED (2 files)');
    const gone = unseal(dana, opened, path);
    expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('CONTENT_ERASED')]);
    expect(run(ana, 'show', IT).stdout.replace(/\s+/g, ' ')).toContain('CONTENT_ERASED by ana');
    expect(run(ana, 'log', IT).stdout).toContain('Asked for, case 17.');
    const again = run(trainer, 'evidence', 'add', IT, 'live.jsonl', '--confidential', 'outside');
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('CONFIDENTIAL_UNSOUND')]);

    const last = await act(ben, 'approve', IT);
    expect(last.code, last.stderr).toBe(0);
    expect(last.stdout).toContain('moved customer-deployed → production-validated');
    verified();
  });

  it('can be sealed to a reader whose certificate gains a subkey', () => {
    ana.box.gpg(['--quick-add-key', ana.fingerprint, 'cv25519', 'encr']);
    const file = ana.box.write(
      join(ana.box.home, 'ana.asc'),
      ana.box.gpg(['--armor', '--export', ana.fingerprint]),
    );
    const done = run(ana, 'signer', 'enroll', 'ana', '--certificate', file, '--json');
    expect(done.code, done.stderr).toBe(0);
    const { change } = JSON.parse(done.stdout) as { change: string };
    const shown = run(ana, 'policy', 'show', change).stdout;
    expect(shown).toContain('A later certificate of ana');
    const signers = readFileSync(join(folder, `changes/${change}/proposed/signers.yaml`), 'utf8');
    expect(signers.split(ana.fingerprint)).toHaveLength(2);
  });

  it('is refused for who cannot be encrypted to, with what to do', () => {
    const file = join(trainer.box.home, 'note.txt');
    trainer.box.write(file, 'x');
    const empty = run(trainer, 'evidence', 'add', IT, 'out/model-card.md', '--confidential', 'seal');
    expect([empty.code, empty.stderr]).toEqual([64, expect.stringContaining('cannot be confidential')]);
    expect(run(trainer, 'evidence', 'add', IT, 'note.txt', '--confidential', 'hide').code).toBe(64);
  });
});
