import * as z from 'zod';
import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { IterationId, SafePath } from '../../domain/names.ts';
import { sealedFile } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { confidentialIn, type Confidential } from '../../machine/confidential.ts';
import type { Bundle } from '../../machine/world.ts';
import type { Command, CommonOptions } from '../shared/command.ts';
import { keptHow } from '../shared/confidential/lines.ts';
import type { Context } from '../shared/context.ts';
import { groundOf } from '../shared/views/notices.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { required } from '../shared/opening/required.ts';
import { openTip, type Tip } from '../shared/opening/workspace.ts';

const Input = z.object({
  iteration: IterationId,
  file: z.array(SafePath).default([]),
  to: required('a folder outside the repository'),
});

interface Opened {
  readonly path: string;
  readonly sha256: string;
  /** Where it was written, or lies already. */
  readonly file: string;
}

/** Opens sealed files with the reader's own key. What is written is readable by that person alone. */
export const unseal: Command<z.infer<typeof Input>> = {
  name: 'unseal',
  group: 'see',
  summary: 'open sealed files of a bundle with your own key, into a folder',
  description:
    'Whoever the files are sealed to opens them with GnuPG, or with --key-file. Each is held against the digest that\n' +
    'people signed, and written for you alone; nothing of it goes into the repository. Then read them with\n' +
    '`show --items`, `review` or `approve` and --confidential-from <folder>.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    {
      name: '[file...]',
      description: 'paths of confidential files, as show names them (default: all that are sealed)',
    },
  ],
  options: [
    { flags: '--to <folder>', description: 'where to write them; not inside the repository' },
    { flags: '--key-file <file>', description: 'open with this OpenPGP key file instead of GnuPG' },
  ],
  examples: ['modelsmith unseal claims-triage@1.4.0 --to ~/held-out'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { iteration, file: asked, to }, common) => {
    const workspace = await openTip(context, common);
    const picked = pickBundle(workspace.world, iteration);
    if ('kind' in picked) return picked;
    const { bundle } = picked;
    const headline = `${iteration} was not opened`;
    const chosen = choose(bundle, asked);
    const erased = chosen.flatMap(({ path, erased: why }) =>
      why === null
        ? []
        : [reason('CONTENT_ERASED', { path, date: why.time.slice(0, 10), principal: why.principal })],
    );
    if (isNonEmpty(erased)) return { kind: 'refused', headline, reasons: erased };
    const target = await outside(context, workspace, to);
    const opened: Opened[] = [];
    for (const known of chosen) {
      const bytes = await contentOf(context, bundle, known, common);
      const found = sha256(bytes);
      if (found !== known.file.sha256)
        return {
          kind: 'refused',
          headline,
          reasons: [reason('FILE_DIFFERS', { path: known.path, stated: known.file.sha256, found })],
        };
      opened.push({
        path: known.path,
        sha256: found,
        file: await keep(context, target, known.path, bytes),
      });
    }
    const ground = groundOf(context, workspace);
    return {
      kind: ground.kind,
      json: { ...ground.json, iteration, opened },
      text: () =>
        [
          ...ground.head,
          ...opened.map(({ file }) => `opened ${file}`),
          `read them: modelsmith show ${iteration} --items --confidential-from ${to}`,
        ].join('\n'),
    };
  },
};

/** @throws CannotTell NO_INPUT where there is nothing of that name, or nothing to be opened. */
function choose(bundle: Bundle, asked: readonly string[]): readonly Confidential[] {
  const all = confidentialIn(bundle);
  const facts = all.map((known) => `${known.path} (${keptHow(known)})`);
  const unknown = asked.find((path) => !all.some((known) => known.path === path));
  if (unknown !== undefined)
    throw new CannotTell('NO_INPUT', `there is no confidential file ${unknown} in this bundle`, { facts });
  const chosen = all.filter((known) =>
    asked.length === 0 ? keptHow(known) === 'sealed' : asked.includes(known.path),
  );
  const out = chosen.find((known) => keptHow(known) === 'outside');
  if (out !== undefined)
    throw new CannotTell('NO_INPUT', `${out.path} is kept outside the repository`, {
      facts: [`sha256 ${out.file.sha256}`],
      remedy: 'ask who evaluated for it, and read it with --confidential-from <folder>',
    });
  if (chosen.length === 0)
    throw new CannotTell('NO_INPUT', 'nothing in this bundle is sealed', {
      facts,
      ...(all.some((known) => keptHow(known) === 'outside') && {
        remedy: 'ask whoever keeps them, and read them with --confidential-from <folder>',
      }),
    });
  return chosen;
}

/** What was sealed must not be committed in the clear by accident. @throws CannotTell USAGE. */
async function outside(
  { files }: Context,
  { facts: { workTree, gitDir, commonDir } }: Tip,
  to: string,
): Promise<string> {
  // A link that leads into the repository is as good as a folder in it.
  const target = await files.real(to);
  const tops = await Promise.all(
    [workTree, gitDir, commonDir].flatMap((top) => (top === null ? [] : files.real(top))),
  );
  if (!tops.some((top) => `${target}/`.startsWith(`${top}/`))) return target;
  throw new CannotTell('USAGE', `${to} lies inside the repository`, {
    remedy: 'name a folder elsewhere, so that nobody commits the content in the clear',
  });
}

async function contentOf(
  context: Context,
  { folder }: Bundle,
  { path, file }: Confidential,
  { keyFile }: CommonOptions,
): Promise<Uint8Array> {
  const sealed = fileAt(folder, sealedFile(path));
  if (sealed === null) throw new Error('a stand-in whose ciphertext is neither there nor erased');
  const named = keyFile ?? context.environment['MODELSMITH_KEY_FILE'] ?? null;
  if (named === null) return await context.sealing.unseal(sealed.bytes, file.size);
  const given = context.environment['MODELSMITH_KEY_PASSPHRASE'];
  return await context.sealing.unsealWithFile(sealed.bytes, file.size, context.files.absolute(named), () =>
    given === undefined ? context.terminal.secret(`passphrase of ${named}: `) : Promise.resolve(given),
  );
}

/** For the person alone. What lies there already with the same content is left as it is. */
async function keep({ files }: Context, folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const path = `${folder}/${name}`;
  if ((await files.real(path)) !== files.absolute(path))
    throw new CannotTell('NOT_PERMITTED', `${path} leads elsewhere by a link`, {
      remedy: 'name a folder that nobody else can write to',
    });
  if (await files.exists(path)) {
    const there = await files.read(path, Math.max(bytes.length, 1)).catch(() => null);
    if (there !== null && sha256(there) === sha256(bytes)) return path;
  }
  await files.create(path, bytes, 0o600);
  return path;
}
