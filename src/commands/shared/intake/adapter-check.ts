import { CannotTell } from '../../../base/errors.ts';
import { printBasePin } from '../../../domain/base-pin.ts';
import { reason } from '../../../domain/reason.ts';
import type { Request } from '../../../domain/request.ts';
import type { InspectOptions, SoundArtifact } from '../../../ports/artifacts.ts';
import type { Outcome } from '../command.ts';
import type { Context } from '../context.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Checks an adapter folder without loading it. @returns what it is, or every finding as a refusal. */
export async function inspectAdapter(
  { inspector, files }: Pick<Context, 'inspector' | 'files'>,
  headline: string,
  folder: string,
  statedBase: InspectOptions['statedBase'] | null,
): Promise<SoundArtifact | Refused> {
  const verdict = await inspector.inspect(
    files.absolute(folder),
    statedBase === null || statedBase === undefined ? {} : { statedBase },
  );
  if (verdict.kind === 'sound') return verdict;
  const [first, ...rest] = verdict.findings.map(({ code, message, place }) =>
    reason('ARTIFACT_REFUSED', { fault: code, message, path: place.file }),
  );
  if (first === undefined) throw new Error('an artifact refused without a finding');
  return { kind: 'refused', headline, reasons: [first, ...rest] };
}

/** `<name>@<pin>` of the command line. A name may hold an @, a pin cannot. @throws CannotTell USAGE. */
export function readBase(text: string): { readonly name: string; readonly pin: string } {
  const at = text.lastIndexOf('@');
  if (at > 0 && at < text.length - 1) return { name: text.slice(0, at), pin: text.slice(at + 1) };
  throw new CannotTell('USAGE', '--base must be <name>@<commit> or <name>@sha256:<digest>', {
    facts: [text],
  });
}

/** Whether a folder still holds the artifact that was requested, file by file. */
export async function checkRequested(
  context: Pick<Context, 'inspector' | 'files'>,
  headline: string,
  folder: string,
  { artifact, base }: Pick<Request, 'artifact' | 'base'>,
): Promise<Refused | null> {
  const found = await inspectAdapter(context, headline, folder, {
    name: base.name,
    pin: printBasePin(base.pin),
  });
  if (found.kind === 'refused') return found;
  const digests = new Map(found.files.map((file) => [file.path, file.sha256]));
  const stamps = new Map(found.stamps.map(({ path, lock }) => [path, lock]));
  const [first, ...rest] = [
    ...artifact.files
      .filter((file) => digests.get(file.path) !== file.sha256)
      .map(({ path, sha256 }) =>
        reason('FILE_DIFFERS', { path, stated: sha256, found: digests.get(path) ?? 'no file' }),
      ),
    ...(artifact.stamps ?? [])
      .filter(({ path, lock }) => stamps.get(path) !== lock)
      .map(({ path, lock }) =>
        reason('LOCK_STAMP_OTHER', { path, stamped: stamps.get(path) ?? 'nothing', lock }),
      ),
  ];
  return first === undefined ? null : { kind: 'refused', headline, reasons: [first, ...rest] };
}
