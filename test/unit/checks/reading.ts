import type { CheckImporter, CheckImported } from '../../../src/ports/checks.ts';
import { encode } from '../support/law-files.ts';

/** What an importer makes of texts, as files of these names. */
export function importing(importer: CheckImporter, ...texts: readonly string[]): CheckImported {
  const [first = '', ...others] = texts;
  const file = (text: string, index: number) => ({ path: `${index}.out`, bytes: encode(text) });
  return importer.import([file(first, 0), ...others.map((text, index) => file(text, index + 1))]);
}

/** What was found, each as `level rule: message`. @throws where it was refused. */
export function found(imported: CheckImported): readonly string[] {
  if (imported.kind === 'refused') throw new Error(JSON.stringify(imported.faults));
  return imported.report.findings.map(({ level, rule, message }) => `${level} ${rule}: ${message}`);
}

/** The code and facts of each fault; empty where the files were read. */
export function faults(imported: CheckImported): readonly string[] {
  return imported.kind === 'imported'
    ? []
    : imported.faults.map(({ code, facts }) => `${code} ${facts.join('; ')}`);
}
