import { CannotTell, type CannotTellCode } from '../../../base/errors.ts';
import {
  ARTIFACT_MEANINGS,
  CHECK_MEANINGS,
  IMPORT_MEANINGS,
  SCORE_MEANINGS,
  SHORTFALL_MEANINGS,
  SIGNATURE_MEANINGS,
  type Meaning,
  type Meanings,
} from './fault-meanings.ts';
import { REASON_MEANINGS } from './reason-meanings.ts';

const CANNOT_TELL: { readonly [Code in CannotTellCode]: string } = {
  USAGE: 'The command line is wrong.',
  BAD_DATA: 'A file that must be sound is not.',
  NO_INPUT: 'A file that was named cannot be read.',
  NO_SIGNER: 'There is no key to sign with.',
  UNREACHABLE: 'Another copy of the repository could not be reached.',
  TOOL_MISSING: 'git or gpg is not there.',
  SYSTEM: 'The operating system refused something.',
  NO_REPOSITORY: 'This is no evidence repository.',
  CANNOT_CREATE: 'A file or folder cannot be made.',
  IO_FAILED: 'Reading or writing failed.',
  RACE_LOST: 'Something else changed the repository meanwhile; try again.',
  OBJECT_MISSING: 'A git object is missing, as in a shallow clone.',
  NOT_PERMITTED: 'A file or key may not be used.',
  NO_TRUST_ROOT: 'No trust root is known, or it is not here.',
};

/** The text of `docs/codes.md`: every code with its meaning and remedy. */
export function codesReference(): string {
  const cannotTell = Object.entries(CANNOT_TELL) as readonly (readonly [CannotTellCode, string])[];
  return `${[
    '# Codes',
    '<!-- Generated: run `npm run schemas` after a change of the tables in src/commands/shared. -->',
    'Codes are stable; scripts may rely on them. A refusal ends with exit code 3 and names every reason at once; `--json` lists each as `{code, facts, sentence, remedy}`.',
    '## Reasons',
    table(REASON_MEANINGS),
    '## Faults of a signature',
    'Named by `SIGNATURE_REFUSED`.',
    table(SIGNATURE_MEANINGS),
    '## Faults of a report',
    'Named by `EVAL_UNSCORABLE`. There is no score at all; it does not say that the model is bad.',
    table(SCORE_MEANINGS),
    '## Shortfalls',
    'Named by `CRITERIA_NOT_MET`, and in the record of an evaluation.',
    table(SHORTFALL_MEANINGS),
    '## Faults of harness output',
    'Why `modelsmith eval` and `modelsmith baseline add` refuse what they were given.',
    table(IMPORT_MEANINGS),
    '## Faults of what tools wrote',
    'Named by `CHECK_UNREADABLE`. There is no result at all; it does not say that the artifact is bad.',
    table(CHECK_MEANINGS),
    '## Faults of an adapter',
    'Why an adapter is refused when it is requested.',
    table(ARTIFACT_MEANINGS),
    '## When it cannot be told',
    'No yes and no no: the question could not be answered, and nothing was written.',
    [
      '| code | exit | meaning |',
      '| --- | --- | --- |',
      ...cannotTell.map(
        ([code, meaning]) => `| \`${code}\` | ${new CannotTell(code, meaning).exitCode} | ${meaning} |`,
      ),
    ].join('\n'),
  ].join('\n\n')}\n`;
}

function table(meanings: Meanings<string>): string {
  const rows = Object.entries(meanings).map(
    ([code, { meaning, remedy }]: readonly [string, Meaning]) => `| \`${code}\` | ${meaning} | ${remedy} |`,
  );
  return ['| code | meaning | remedy |', '| --- | --- | --- |', ...rows].join('\n');
}
