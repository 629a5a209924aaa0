import { printJson } from '../../base/canonical-json.ts';
import type { View } from '../shared/command.ts';
import type { VerifyOutput } from '../shared/views/verify-output.ts';
import { githubText } from './github.ts';
import { junitXml } from './junit.ts';
import { verifyText } from './report.ts';
import { sarifLog } from './sarif.ts';

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** A verification in the spelling a reader asked for. The answer, and so the exit code, is the same in all. */
export function formatted(format: Format, output: VerifyOutput, view: View, version: string): string {
  switch (format) {
    case 'text':
      return verifyText(output, view);
    case 'json':
      return printJson(output);
    case 'sarif':
      return printJson(sarifLog(output, version));
    case 'junit':
      return junitXml(output);
    case 'github':
      return githubText(output);
  }
}
