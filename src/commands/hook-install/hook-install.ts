import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import type { Command } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { knownTrustRoot, printTrustRoot } from '../shared/opening/trust-root.ts';
import { hookScript, MARK, type Hook } from './script.ts';

/** What needs no quoting and no thought in a script, a `case` pattern and a message. */
const BRANCH = /^(?!.*(?:\.\.|\/\/|\.lock(?:\/|$)|\/\.))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}(?<![/.])$/;
const MOST_HOOK_BYTES = 1024 * 1024;
const EXECUTABLE = 0o111;

const Input = z
  .object({
    preReceive: z.boolean().default(false),
    prePush: z.boolean().default(false),
    guard: z.array(z.string().regex(BRANCH, 'must be the name of a branch')).min(1).optional(),
  })
  .refine(({ preReceive, prePush }) => !(preReceive && prePush), {
    path: ['prePush'],
    message: 'excludes --pre-receive; install one after the other',
  });

/** Has git itself ask `verify` before a branch moves. */
export const hookInstall: Command<z.infer<typeof Input>> = {
  name: 'hook install',
  group: 'machines',
  summary: 'have git verify what is pushed, and refuse what is not valid',
  description:
    'Writes a hook into the repository: pre-receive (default) on the server, where nothing that is refused gets in;\n' +
    'pre-push in a clone, which only keeps people from mistakes, since they can pass it by. Each guarded branch that\n' +
    'is pushed is verified to its new tip, must descend from its old one, and must not be deleted. The trust root is\n' +
    'written into the hook, which no push can change. An existing hook of somebody else is left alone.',
  arguments: [],
  options: [
    { flags: '--pre-receive', description: 'guard a repository that is pushed to (default)' },
    { flags: '--pre-push', description: 'check in a clone before it pushes' },
    {
      flags: '--guard <branch>',
      description: 'a branch to judge; may be given again (default: the one HEAD names)',
      repeat: true,
    },
    {
      flags: '-C, --directory <folder>',
      description: 'the repository, bare or not (default: the current folder)',
    },
    { flags: '--root <commit:fingerprint>', description: 'trust root, where MODELSMITH_ROOT is not set' },
  ],
  examples: [
    'modelsmith hook install -C /srv/evidence.git --root <commit>:<fingerprint>',
    'modelsmith hook install --pre-push --guard main --root <commit>:<fingerprint>',
  ],
  writes: false,
  reads: false,
  input: Input,
  run: async (context, { prePush, guard }, common) => {
    const hook: Hook = prePush ? 'pre-push' : 'pre-receive';
    const root = await knownTrustRoot(context, common.root, null);
    if (root === null)
      throw new CannotTell(
        'NO_TRUST_ROOT',
        'the trust root is written into the hook, so it has to be named',
        {
          remedy:
            'modelsmith hook install --root <commit>:<fingerprint>   (the line that `modelsmith init` printed)',
        },
      );
    const repository = await context.git.open(common.directory);
    const { gitDir } = await repository.facts();
    const refs = guard?.map((branch) => `refs/heads/${branch.replace(/^refs\/heads\//, '')}`) ?? [
      await headOf(repository.currentBranch()),
    ];
    const file = join(await hooksFolder(context, common.directory, gitDir), hook);
    const script = hookScript({ hook, root, refs, node: process.execPath, program: context.program });
    const there = await context.files.exists(file);
    if (there) await mustBeTheSame(context, file, script);
    else await context.files.create(file, new TextEncoder().encode(script), 0o755);
    const json = { hook, file, root: printTrustRoot(root), refs, installed: !there };
    return {
      kind: 'yes',
      json,
      text: () =>
        [
          `${there ? 'already there' : 'installed'}: ${escapeShown(file)}`,
          `judges ${refs.join(', ')} from root ${printTrustRoot(root)}`,
        ].join('\n'),
    };
  },
};

async function headOf(branch: Promise<string | null>): Promise<string> {
  const head = await branch;
  if (head !== null && BRANCH.test(head)) return head;
  throw new CannotTell('NO_INPUT', 'HEAD names no branch here that could be guarded', {
    remedy: 'name the branch with --guard <branch>',
  });
}

/** Where git looks for hooks. @throws CannotTell CANNOT_CREATE where a setting sends it elsewhere. */
async function hooksFolder(context: Context, directory: string, gitDir: string): Promise<string> {
  const elsewhere = (await context.git.settings(directory)).get('core.hookspath');
  if (elsewhere !== undefined)
    throw new CannotTell('CANNOT_CREATE', 'git does not look for hooks in this repository itself', {
      facts: [`core.hooksPath is ${elsewhere}`],
      remedy: 'git config --unset core.hooksPath   (add --global where it is set there)',
    });
  // A linked work tree shares the hooks of the repository it belongs to.
  const shared = join(gitDir, 'commondir');
  if (!(await context.files.exists(shared))) return join(gitDir, 'hooks');
  const common = new TextDecoder().decode(await context.files.read(shared, 4096)).trim();
  return join(resolve(gitDir, common), 'hooks');
}

async function mustBeTheSame(context: Context, file: string, script: string): Promise<void> {
  const text = new TextDecoder().decode(await context.files.read(file, MOST_HOOK_BYTES));
  if (text !== script)
    throw new CannotTell(
      'CANNOT_CREATE',
      text.split('\n')[1] === MARK
        ? 'a hook of modelsmith with another root, branch or program is there'
        : 'there is a hook already, and modelsmith did not write it',
      { place: { file }, remedy: 'look at it, take it away if it is not needed, and run this again' },
    );
  const mode = await context.files.mode(file);
  if (mode === null || (mode & EXECUTABLE) !== 0) return;
  // git passes over a hook it may not start, and tells only the one who pushes.
  throw new CannotTell('CANNOT_CREATE', 'the hook is there, but git may not start it, so it guards nothing', {
    place: { file },
    remedy: `let git start it: chmod +x hooks/${basename(file)}`,
  });
}
