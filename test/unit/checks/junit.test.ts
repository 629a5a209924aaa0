import { describe, expect, it, test } from 'vitest';
import { junit } from '../../../src/adapters/checks/junit.ts';
import { encode } from '../support/law-files.ts';
import { faults, found, importing } from './reading.ts';

const one = (inner: string) =>
  `<testsuite name="s"><testcase classname="a.B" name="c">${inner}</testcase></testsuite>`;

describe('JUnit XML', () => {
  it('takes failures and errors for errors, skipped cases for notes, and the rest for passed', () => {
    const imported = importing(
      junit,
      `<?xml version="1.0" encoding="UTF-8"?>
       <testsuites tests="4" failures="1" errors="1">
         <testsuite name="outer" failures="1" errors="1"><testsuite name="inner">
           <testcase classname="a.B" name="one"><failure message="x &lt; 1 &#38; y" type="T">stack</failure></testcase>
           <testcase name="two"><error><![CDATA[ boom <here> ]]></error></testcase>
           <testcase classname="a.B" name="three"><skipped/></testcase>
           <testcase name="four"><system-out><![CDATA[<failure/>]]></system-out></testcase>
         </testsuite></testsuite>
       </testsuites>`,
    );
    expect(found(imported)).toEqual([
      'error a.B.one: x < 1 & y',
      'error two: boom <here>',
      'note a.B.three: skipped',
    ]);
    expect(imported).toMatchObject({
      report: { tool: { name: 'JUnit XML' }, importer: { name: 'junit', version: 1 } },
    });
  });

  it('says something of a failure that says nothing', () => {
    expect(found(importing(junit, one('<failure type="AssertionError"/>')))).toEqual([
      'error a.B.c: AssertionError',
    ]);
    expect(found(importing(junit, '<testsuite><testcase><error/></testcase></testsuite>'))).toEqual([
      'error -: error',
    ]);
  });

  it('counts only what stands in a test case itself', () => {
    expect(found(importing(junit, one('<properties><failure/></properties><flakyFailure/>')))).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['text', 'hello', /^CHECK_NOT_THIS_FORMAT .*is not XML/],
    ['other XML', '<svg/>', /^CHECK_NOT_THIS_FORMAT .*another root/],
    ['nothing', '', /^CHECK_NOT_THIS_FORMAT/],
    ['a suite without cases', '<testsuites/>', /^CHECK_EMPTY/],
    ['XML that breaks off', '<testsuite><testcase>', /^CHECK_MALFORMED .*not well-formed/],
    ['tags that do not match', '<testsuite><a></b></testsuite>', /^CHECK_MALFORMED/],
    ['an attribute twice', '<testsuite a="1" a="2"/>', /^CHECK_MALFORMED/],
    ['a document type', `<!DOCTYPE testsuite>${one('')}`, /^CHECK_MALFORMED .*document type/],
    [
      'entities that grow',
      `<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${one('<failure message="&b;"/>')}`,
      /^CHECK_MALFORMED .*document type/,
    ],
    [
      'an entity of a file',
      `<!DOCTYPE t [<!ENTITY f SYSTEM "file:///etc/passwd">]>${one('')}`,
      /^CHECK_MALFORMED .*document type/,
    ],
    ['an entity nobody declared', one('<failure message="&x;"/>'), /^CHECK_MALFORMED/],
    ['another encoding', `<?xml version="1.0" encoding="UTF-16"?>${one('')}`, /^CHECK_MALFORMED .*UTF-16/],
    ['depth without end', '<testsuite>'.repeat(200), /^CHECK_MALFORMED .*deeper than 100/],
    [
      'attributes without end',
      `<testsuite ${Array.from({ length: 201 }, (_none, index) => `a${index}=""`).join(' ')}/>`,
      /^CHECK_MALFORMED .*attributes/,
    ],
    [
      'a suite that counts more than it holds',
      '<testsuite failures="2"><testcase><failure/></testcase></testsuite>',
      /^CHECK_MALFORMED .*counts 2 failures and errors, and holds 1/,
    ],
    [
      'suites that do',
      '<testsuites errors="1"><testsuite><testcase/></testsuite></testsuites>',
      /^CHECK_MALFORMED .*testsuites that counts 1/,
    ],
    [
      'a suite within that does',
      '<testsuites><testsuite errors="1"><testcase/></testsuite></testsuites>',
      /^CHECK_MALFORMED/,
    ],
    [
      'a count that is none',
      '<testsuite failures="-1"><testcase/></testsuite>',
      /^CHECK_MALFORMED .*failures that is none/,
    ],
    ['words that turn round', one('<failure message="&#x202e;"/>'), /^CHECK_HIDDEN/],
  ])('refuses %s', (_what, text, fault) => {
    expect(faults(importing(junit, text))).toEqual([expect.stringMatching(fault)]);
  });

  it('refuses bytes that are no UTF-8, and more elements than anybody tests', () => {
    expect(faults(junit.import([{ path: 'a', bytes: new Uint8Array([0x3c, 0xff]) }]))).toEqual([
      'CHECK_NOT_THIS_FORMAT a: is not valid UTF-8',
    ]);
    const many = encode(`<testsuite>${'<a/>'.repeat(1_000_001)}</testsuite>`);
    expect(faults(junit.import([{ path: 'a', bytes: many }]))).toEqual([
      expect.stringMatching(/1000000 elements/),
    ]);
    const large = new Uint8Array(64 * 1024 * 1024 + 1);
    expect(faults(junit.import([{ path: 'a', bytes: large }]))).toEqual([
      expect.stringMatching(/larger than/),
    ]);
  });
});
