import { describe, expect, it } from 'vitest';
import { aboutCapability, aboutLines } from '../../../src/commands/override/about-target.ts';
import { LinePattern } from '../../../src/domain/line-pattern.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { teamTree } from '../support/changes.ts';

const law = lawOf(teamTree({ line: { match: 'claims-*', capabilities: ['triage'] } }));
const about = (...lines: string[]) =>
  aboutLines(
    law,
    lines.map((line) => LinePattern.parse(line)),
  );

describe('what somebody who pulls a brake may have mistyped', () => {
  it('is a line that no rule of the policy is for', () => {
    expect(about('clams-triage')).toEqual(['no rule of the policy is for clams-triage; is it spelled so?']);
  });

  it('is not a line that a rule matches, nor a pattern that takes in one or lies in one', () => {
    expect(about('claims-triage', 'claims-t*', 'cl*', '*')).toEqual([]);
  });

  it('is a capability that no line may have', () => {
    expect(aboutCapability(law, 'triage')).toEqual([]);
    expect(aboutCapability(law, 'browse')).toEqual([
      'no line of the policy allows browse; is it spelled so?',
    ]);
  });
});
