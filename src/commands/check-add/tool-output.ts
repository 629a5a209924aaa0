import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty, type NonEmpty } from '../../base/nonempty.ts';
import { MOST_CHECK_FILES } from '../../domain/check.ts';
import type { CheckReport } from '../../domain/check-report.ts';
import { isSafePath } from '../../domain/names.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { NewFile } from '../../machine/act.ts';
import type { CheckImported, CheckImporter } from '../../ports/checks.ts';
import type { Context } from '../shared/context.ts';

/** Larger files are refused: they stay in the repository for good. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export type ToolOutput =
  | { readonly kind: 'read'; readonly report: CheckReport; readonly files: readonly NewFile[] }
  | { readonly kind: 'refused'; readonly reasons: NonEmpty<Reason> };

/**
 * Reads what a tool wrote. @param format name of the only importer to try; null: the one that knows all the files.
 * @throws CannotTell USAGE, and as reading files does.
 */
export async function readToolOutput(
  { files: local, checkImporters, terminal }: Pick<Context, 'files' | 'checkImporters' | 'terminal'>,
  paths: readonly string[],
  format: string | null,
): Promise<ToolOutput> {
  if (paths.length > MOST_CHECK_FILES)
    throw new CannotTell('USAGE', `a check takes at most ${MOST_CHECK_FILES} files`);
  const files: NewFile[] = [];
  for (const path of paths) {
    const bytes = await local.read(path, MAX_OUTPUT_BYTES);
    files.push({ path: nameInBundle(path, bytes), bytes });
  }
  checkTwins(files);
  const read = files.sort((a, b) => (a.path < b.path ? -1 : 1));
  if (!isNonEmpty(read)) throw new CannotTell('USAGE', 'no file was given');
  if (terminal.interactive)
    terminal.say(`reading ${read.length === 1 ? 'a file' : `${read.length} files`} …`);
  const imported = importBy(newest(checkImporters, format), read);
  return imported.kind === 'imported'
    ? { kind: 'read', report: imported.report, files: read }
    : { kind: 'refused', reasons: reasonsOf(imported) };
}

function reasonsOf({
  faults: [first, ...others],
}: Extract<CheckImported, { kind: 'refused' }>): NonEmpty<Reason> {
  const told = ({ code, facts }: typeof first): Reason => reason('CHECK_UNREADABLE', { fault: code, facts });
  return [told(first), ...others.map(told)];
}

/** Of each importer the newest version. @throws CannotTell USAGE where none has the name. */
function newest(importers: readonly CheckImporter[], format: string | null): NonEmpty<CheckImporter> {
  const found = new Map<string, CheckImporter>();
  for (const importer of importers)
    if ((found.get(importer.name)?.version ?? 0) < importer.version) found.set(importer.name, importer);
  const tried = [...found.values()].filter(({ name }) => format === null || name === format);
  if (isNonEmpty(tried)) return tried;
  throw new CannotTell('USAGE', `there is no format ${format ?? ''}`, {
    facts: [`there is: ${[...found.keys()].join(', ')}`],
  });
}

/** The answer of the one that knows the files; of none and of several nothing is guessed. @throws CannotTell USAGE */
function importBy(importers: NonEmpty<CheckImporter>, files: NonEmpty<NewFile>): CheckImported {
  const answers = importers.map((importer) => ({ name: importer.name, answer: importer.import(files) }));
  const known = answers.filter(({ answer }) => !isForeign(answer));
  const [only, another] = known;
  if (another !== undefined)
    throw new CannotTell(
      'USAGE',
      `the files can be read as ${known.map(({ name }) => name).join(' and as ')}`,
      {
        remedy: 'say which it is: --format <name>',
      },
    );
  if (only !== undefined) return only.answer;
  const facts = answers.flatMap(({ name, answer }) =>
    answer.kind === 'refused'
      ? answer.faults.slice(0, 1).flatMap((fault) => fault.facts.map((fact) => `${name}: ${fact}`))
      : [],
  );
  return { kind: 'refused', faults: [{ code: 'CHECK_NOT_THIS_FORMAT', facts }] };
}

function isForeign(answer: CheckImported): boolean {
  return answer.kind === 'refused' && answer.faults[0].code === 'CHECK_NOT_THIS_FORMAT';
}

/** Files of one name would replace each other, on some systems also where only the case differs. @throws CannotTell USAGE. */
function checkTwins(files: readonly NewFile[]): void {
  const names = files.map(({ path }) => path.toLowerCase());
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return;
  throw new CannotTell('USAGE', `two files would be called ${twin}`, {
    remedy: 'give one of them another name',
  });
}

/** The file keeps its name where a repository can hold it. Only JSON and text are read, so `.md` says nothing here. */
function nameInBundle(path: string, bytes: Uint8Array): string {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  return isSafePath(name) && !name.endsWith('.md') ? name : `output-${sha256(bytes).slice(0, 12)}.txt`;
}
