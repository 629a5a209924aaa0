import { toIterationId } from '../../../domain/names.ts';
import { confidentialIn, type Confidential } from '../../../machine/confidential.ts';
import type { Bundle } from '../../../machine/world.ts';
import { escapeShown } from '../terminal/escape.ts';
import { brief } from '../terminal/layout.ts';
import { wrap } from '../terminal/style.ts';

/** A confidential file as `--json` tells it. */
export interface ConfidentialJson {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly kept: 'sealed' | 'outside' | 'erased';
  /** Key ids it is sealed to. */
  readonly recipients: readonly string[];
  readonly erased: { readonly principal: string; readonly time: string; readonly reason: string } | null;
}

export function confidentialJson(bundle: Bundle): readonly ConfidentialJson[] {
  return confidentialIn(bundle).map(({ path, file, erased }) => ({
    path,
    size: file.size,
    sha256: file.sha256,
    kept: keptHow({ file, erased }),
    recipients: file.sealed?.recipients ?? [],
    erased:
      erased === null ? null : { principal: erased.principal, time: erased.time, reason: erased.reason },
  }));
}

export function keptHow({ file, erased }: Pick<Confidential, 'file' | 'erased'>): ConfidentialJson['kept'] {
  if (erased !== null) return 'erased';
  return file.sealed === undefined ? 'outside' : 'sealed';
}

/** Each confidential file: where its content is, and how it is read. */
export function confidentialLines(bundle: Bundle, columns: number): readonly string[] {
  return confidentialIn(bundle).flatMap((known) =>
    wrap(`${escapeShown(known.path)}  ${keptWords(bundle, known)}`, columns - 2).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
    ),
  );
}

function keptWords(bundle: Bundle, { file, erased }: Confidential): string {
  const what = `${file.size} bytes, sha256 ${brief(file.sha256)}…`;
  if (erased !== null)
    return `CONTENT_ERASED by ${erased.principal} on ${erased.time.slice(0, 10)}: ${escapeShown(erased.reason.split('\n')[0] ?? '')}`;
  if (file.sealed === undefined) return `${what}, kept outside the repository; ask who evaluated for it`;
  const it = toIterationId(bundle.iteration);
  return `${what}, sealed to ${file.sealed.recipients.join(', ')}: modelsmith unseal ${it} --to <folder>`;
}
