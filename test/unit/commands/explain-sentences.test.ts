import { expect, test } from 'vitest';
import { reason } from '../../../src/domain/reason.ts';
import { explain } from '../../../src/commands/shared/explaining/explain.ts';
import { SAMPLES } from './explain-samples.ts';

test('every code has its sentence', () => {
  const lines = SAMPLES.map((reason) => {
    const { sentence, remedy } = explain(reason);
    return `${reason.code}: ${sentence}\n  ${remedy ?? '-'}`;
  });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "ENTRY_ID_FALSE: the entry calls itself aaaaaaaaaaaa…, but its text makes it bbbbbbbbbbbb…
      make the entry with modelsmith, which writes what was signed
    ENTRY_NOT_SIGNERS: the entry is in the name of kim, but lee signed
      make the entry with modelsmith, which writes what was signed
    ENTRY_OTHER_KEY: the entry names the key CCCCCCCCCCCC…, but DDDDDDDDDDDD… signed
      make the entry with modelsmith, which writes what was signed
    ENTRY_OTHER_REPOSITORY: the entry was made for the repository one, and this is two
      make the entry with modelsmith, which writes what was signed
    ENTRY_TIME: the entry says 2026-03-02T09:30:00Z, but was signed at 2026-03-02T12:30:00Z
      set the clock, then make the entry again
    ENTRY_UNRELATED: reject by lee where a decision by kim belongs
      make the entry with modelsmith, which writes what was signed
    HUMAN_REQUIRED: approve takes a person, and ci is an automation
      have an enrolled person do it
    ROLE_CANNOT: approve cannot be done as auditor, only as operator or team-lead
      say in which role you act: --role operator
    ROLE_NOT_HELD: kim does not hold the role operator for claims-triage
      have somebody who holds operator for claims-triage do it: modelsmith signer list   (shows who)
    LINE_UNKNOWN: no rule of the policy matches the line claims-triage
      use a line that policy/policy.yaml lists
    RUBRIC_UNKNOWN: the policy names the rubric claims, which is not there
      add policy/rubrics/claims.json
    LOCK_DIFFERS_FROM_POLICY: runs: the lock says 1, the policy 3
      make a lock from the policy in force: modelsmith lock
    LOCK_UNKNOWN: there is no lock aaaaaaaaaaaa… for this line
      modelsmith lock
    LOCK_NOT_NEWEST: cites the lock aaaaaaaaaaaa…, but bbbbbbbbbbbb… was the newest when training began
      request with the lock bbbbbbbbbbbb…
    LOCK_STAMP_OTHER: adapter_model.safetensors carries aaaaaaaaaaaa… where the lock of the request is bbbbbbbbbbbb…
      ask with the lock it was trained under (--lock), or train again under bbbbbbbbbbbb…
    LOCK_STAMP_UNFOUNDED: the entry says that README.md carries the id of a lock, and that is no file of weights of the artifact
      make the entry with modelsmith, which writes what was signed
    LOCK_STRENGTH_FALSE: the entry calls its lock bound, and what is recorded shows declared
      make the entry with modelsmith, which writes what was signed
    LOCK_STRENGTH_LOW: the policy asks for a lock that is bound where the risk is high, and this one is declared: the weights do not carry its id
      train again, and write the id of the lock into what comes of it: docs/trainers.md
    MODEL_SIGNATURE_FALSE: the recorded signature over the model does not cover adapter_model.safetensors
      make the entry with modelsmith, which writes what was signed
    TRAINING_BEFORE_LOCK: training began 2026-03-01T00:00:00Z, before the lock of 2026-03-02T00:00:00Z
      train again: the yardstick has to be locked before training begins
    TRAINING_TIMES: training from 2026-03-02T00:00:00Z to 2026-03-01T00:00:00Z, requested 2026-03-03T00:00:00Z: the order cannot be
      state when training began and ended
    BASELINE_IS_COMPARATOR: rival/model (aaaaaaaaaaaa) was recorded to be reported beside results, and nothing is measured by it
      lock another baseline, or record it again without --comparator
    BASELINE_UNKNOWN: there is no baseline aaaaaaaaaaaa… for this line
      fetch what others recorded: modelsmith sync; or record one: modelsmith baseline add --help
    BASELINE_AFTER_LOCK: the baseline was evaluated 2026-03-03T00:00:00Z, after the lock of 2026-03-02T00:00:00Z that names it
      set the clock where the harness runs, and lock a baseline that is there: modelsmith baseline add
    ITERATION_EXISTS: claims-triage@1.4.0 exists already
      choose the next version of the line
    ITERATION_UNKNOWN: claims-triage@1.4.0 does not exist
      see what there is: modelsmith status
    ON_BEHALF_OF_UNKNOWN: max, for whom this is requested, is no enrolled person with a valid key
      name an enrolled person
    PARENT_UNKNOWN: the parent claims-triage@1.4.0 does not exist
      name a parent that is governed here, or none
    MUTATION_NOT_OF_ARTIFACT: the artifact is gguf, of which the mutation adapter-update cannot be true
      name the change that was made, or give the artifact that came of it
    MUTATION_NOT_ALLOWED: the line does not allow the mutation merge, only adapter-update
      -
    CAPABILITY_NOT_ALLOWED: the line does not allow the capability browse
      request without the capability
    PERMISSION_PROHIBITED: the line prohibits the permission exec
      request without the permission
    PERMISSION_NOT_ALLOWED: the line does not allow the permission exec, only tool:search
      request without the permission
    FLAG_CONTRADICTED: the request declares personal-data as false, but claims holds personal data
      declare it as true: it then asks for the approvals it needs
    INTAKE_FAILED: data-sheets (privacy, never waived): claims refers to no data sheet
      add sheet, the SHA-256 of its data sheet, to each data set of the metadata; then request it again
    REFERRED_MISSING: the data sheet of claims (sha256 aaaaaaaaaaaa…) is not among the attachments
      modelsmith evidence add <iteration> <data sheet>
    READER_BARRED: bot can read the held-out items of claims-triage, and so eli, who answers for it, asks for no promotion there
      have it requested by somebody, and a machine of somebody, who cannot read them
    POPULATION_CEILING: claims-triage has 1 iterations waiting, and at most 1 may: claims-triage@1.4.0
      finish or end one of them: modelsmith deprecate claims-triage@1.4.0
    ARTIFACT_REFUSED: BASE_FLOATING: adapter_config.json: The base org/base is not pinned.
      state the base by commit or digest
    ARTIFACT_DIGEST_FALSE: the artifact's files make bbbbbbbbbbbb…, not aaaaaaaaaaaa…
      make the entry with modelsmith, which writes what was signed
    ARTIFACT_ALREADY_REQUESTED: the same weights are claims-triage@1.4.0 already, and a run of it failed
      train again: the same weights are not measured anew
    DIGEST_UNKNOWN: no iteration here has the digest sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, of its weights (all files together) or of its manifest
      modelsmith status
    ALIAS_ELSEWHERE: production points to 1.3.0, not to claims-triage@1.4.0
      modelsmith status <iteration>
    ALIAS_HELD: production of claims-triage is held (frozen): a leak
      modelsmith status
    STATE_OTHER: claims-triage@1.4.0 is candidate, and this takes eval-accepted
      modelsmith status <iteration>
    FILE_DIFFERS: model-card.md: listed as aaaaaaaaaaaa…, found no file
      bring the file that was listed
    FILE_NOT_EVIDENCE: notes.txt is no file that can be added as evidence
      put it below attachments/: modelsmith evidence add <iteration> attachments/<name>
    DOCUMENT_UNSOUND: a.json:3 (id) is not JSON
      -
    EVIDENCE_MISSING: rollback-procedure.md
      modelsmith evidence add <iteration> rollback-procedure.md
    EVIDENCE_UNSOUND: model-card.md:4 still holds the placeholder TODO
      complete it, then: modelsmith evidence add <iteration> model-card.md
    EVIDENCE_DECIDED: model-card.md has been decided on at operator-signoff
      it changes only in answer to a change request: modelsmith request-changes <iteration>
    CONFIDENTIAL_IN_CLEAR: samples_triage_heldout.jsonl lies in the clear, and the transcripts of claims-triage are confidential
      bring it sealed or by digest: add --confidential seal, or --confidential outside
    CONFIDENTIAL_UNSOUND: attachments/live.jsonl.pgp comes without its stand-in
      have modelsmith make it: --confidential seal, or --confidential outside
    CONTENT_ERASED: attachments/live.jsonl was erased by dana (2026-03-02)
      read why: modelsmith log <iteration>
    ERASE_UNKNOWN: attachments/live.jsonl was erased already
      see which files can be erased: modelsmith show <iteration>
    EVIDENCE_NOT_YOURS: model-card.md is not for kim to bring
      the pipeline or the requester brings it
    RECORD_FULL: the record of claims-triage@1.4.0 holds 100 evaluations, and takes no more
      go on with what it holds, or request a new version
    EVAL_ALREADY_DECIDED: the runs of claims-triage@1.4.0 have decided: fail
      train again and request the result as a new version
    BASELINE_OTHER_MODEL: the results are of claims-v4 on org/base, and the baseline is said to be of org/base
      give the results of org/base, or name with --model what was evaluated
    EVAL_OTHER_MODEL: adapter: requested is claims-v4, evaluated was claims-v3
      evaluate the adapter that was requested
    EVAL_OTHER_YARDSTICK: harness: locked is lm-eval 0.4.9, used was lm-eval 0.4.8
      evaluate with what the lock fixes
    EVAL_BEFORE_TRAINING_END: the harness began 2026-03-02T00:00:00Z, and training went on until 2026-03-03T00:00:00Z
      evaluate the adapter that came of the training
    EVAL_RUN_REPEATED: the run run-2 is the run run-1 again
      bring the output of another run
    EVAL_INCOMPLETE: arc: 10 of 100 samples were run
      run the harness without a limit
    EVAL_UNSCORABLE: EVAL_OUT_OF_RANGE: a value lies outside the range of its metric; arc (arc, acc, none); value: 51.3
      check the unit of the metric
    EVAL_NOT_ERRORED: out/results.json imports as a complete run, which is a result and no error
      record what it came to: modelsmith eval <iteration> out/results.json --run run-1
    SCORE_DIFFERS: core: recorded is "0.9", computed is "0.8"
      modelsmith reproduce <iteration>
    TRANSITION_WITHHELD: claims-triage@1.4.0 meets everything for eval-accepted, so the move belongs into the same commit
      make the commit with modelsmith, which adds the move
    EXPORT_DIFFERS: manifest: stated is aaaaaaaaaaaa…, expected is bbbbbbbbbbbb…
      modelsmith export <iteration>
    ALREADY_EXPORTED: claims-triage@1.4.0 has been exported
      modelsmith show <iteration>
    EDGE_UNKNOWN: there is no way from candidate to customer-deployed
      see the way onward: modelsmith status <iteration>
    CRITERIA_NOT_MET: eval-accepted: the core composite is below its threshold; a task misses its hard limit
      modelsmith show <iteration>
    GATE_OTHER_EDGE: operator-signoff is no gate of candidate → eval-accepted
      -
    GATE_PENDING: operator-signoff: has 0 of 1 (operator, team-lead); kim or lee can sign
      kim or lee can run: modelsmith promote <iteration>
    APPROVAL_EXPIRED: domain-validation approval by dora (2026-03-01) is older than 30 days
      dora or another can run: modelsmith approve <iteration>
    EVIDENCE_EXPIRED: model-card.md was brought 2026-03-01, more than 90 days ago
      have it asked for anew: modelsmith request-changes <iteration>   (then modelsmith respond, with the file)
    EVALUATION_EXPIRED: the evaluation run-1 was recorded 2026-03-01, more than 90 days ago
      train and submit another iteration
    GATE_OBJECTED: operator-signoff: rejected by lee: too early
      settle it, then sign with the answer: modelsmith approve <iteration> --answers aaaaaaaaaaaa
    RECEIPT_MISSING: eu-cluster (vllm): nothing says that it is live there, so nobody can have judged it
      modelsmith reconcile   (on the machine that reaches it)
    RECEIPT_DIFFERS: the receipt is for another manifest: aaaaaaaaaaaa… instead of bbbbbbbbbbbb…
      -
    TARGET_UNKNOWN: moon is no target of triage
      its targets are eu-cluster
    CHECK_MISSING: the policy asks for the check malware-scan, and there is no result of it
      modelsmith check add triage@1.0.0 <file> --name malware-scan
    CHECK_FAILED: the check malware-scan failed: its newest result, of 2026-03-02T09:30:00Z, counts errors
      see what it found: modelsmith show triage@1.0.0   (once it passes: modelsmith check add triage@1.0.0 <file> --name malware-scan)
    CHECK_EXPIRED: the newest result of the check malware-scan, of 2026-03-02T09:30:00Z, is older than the policy allows
      run it again: modelsmith check add triage@1.0.0 <file> --name malware-scan
    CHECK_UNREADABLE: CHECK_INCOMPLETE: the tool did not come to an end, which is no result; scan.sarif: runs[0] stopped early
      run the tool again
    CONTESTED: lee contests an earlier step (withdraw): it was wrong
      settle it, then sign with the answer: modelsmith approve <iteration> --answers aaaaaaaaaaaa
    APPROVAL_STALE: operator-signoff approval by kim (2026-03-02) covers an older model-card.md
      kim can look again and run: modelsmith approve <iteration>
    APPROVAL_INACTIVE: operator-signoff approval by kim does not count: the key is no longer enrolled
      somebody else can run: modelsmith approve <iteration>
    APPROVAL_WITHDRAWN: operator-signoff approval by kim was withdrawn
      kim or another can run: modelsmith approve <iteration>
    ALREADY_APPROVED: kim has approved at operator-signoff, and it counts
      modelsmith status <iteration>
    STATEMENT_DIFFERS: subject: the approval says aaaaaaaaaaaa…, here it is bbbbbbbbbbbb…
      look at what is there now and sign that: modelsmith approve <iteration>
    ACKNOWLEDGEMENT_MISSING: the approval does not acknowledge rubric-was-locked
      modelsmith approve <iteration> asks for each
    ACKNOWLEDGEMENT_FALSE: rubric-was-locked is not so: rubric unchanged: no
      -
    ANSWER_UNKNOWN: aaaaaaaaaaaa… is no open objection that could be answered
      modelsmith log <iteration>
    ENTRY_UNKNOWN: there is no entry aaaaaaaaaaaa… about claims-triage@1.4.0
      modelsmith log <iteration>
    DUE_NOT_AHEAD: a review cannot be due 2026-03-02T09:30:00Z, which is not after 2026-03-02T12:30:00Z
      name a later time
    SAMPLE_TOO_SMALL: domain-validation: the policy asks for 50 judged items, and 12 are
      judge more items: modelsmith approve <iteration>
    SAMPLE_NOT_MET: domain-validation: 40 of the 50 items chosen are judged to meet the standard, and the policy asks for a share of 0.9
      say what has to change: modelsmith request-changes <iteration>
    SAMPLE_METHOD: domain-validation: items may be chosen all or random, not listed
      modelsmith approve <iteration>
    SAMPLE_OTHER_RUN: items were judged of run-9, which is no complete run of this iteration
      modelsmith approve <iteration>
    SAMPLE_SEED: items were drawn with the seed aaaaaaaaaaaa…, and bbbbbbbbbbbb… is due
      modelsmith approve <iteration>
    SAMPLE_NOT_HERE: a sample goes with a decision at domain-validation, not at governance-approval
      modelsmith approve <iteration>
    REQUESTER_BARRED: mia requested this and does not count at governance-approval
      somebody else can run: modelsmith approve <iteration>
    SEPARATION_REQUIRED: kim has signed at domain-validation, and governance-approval takes another person
      somebody else can run: modelsmith approve <iteration>
    RELIED_ON_FALSE: does not list aaaaaaaaaaaa…, on which it builds; lists bbbbbbbbbbbb…, on which it does not build
      make the entry with modelsmith, which lists what counts
    ROLLBACK_MISSING: claims-triage@1.4.0 has served customers and has no sound rollback procedure
      modelsmith evidence add <iteration> rollback-procedure.md
    ALIAS_PINNED: serving is pinned at claims-triage@1.3.0 since 2026-03-09T12:00:00Z, and people move it away first
      modelsmith unpin claims-triage --alias serving   (or modelsmith rollback claims-triage, which pins it elsewhere)
    ALIAS_OTHER_WORD: kim answers for the other word on that pin of serving already (aaaaaaaaaaaa…), and it takes two people
      somebody else can run: modelsmith reaffirm <iteration>
    NEVER_PROMOTED: nothing of claims-triage ever went to customers, so no alias points anywhere
      lines here: letters
    NO_WAY_BACK: serving of claims-triage pointed to nothing before that it could go back to now
      keep it from being moved with modelsmith override freeze claims-triage serving, and stop it by hand; or name another: modelsmith rollback claims-triage --alias serving --to <version>
    NOT_PINNED: serving of claims-triage is not pinned
      modelsmith status   (shows where aliases point)
    SUCCESSOR_NOT_VALIDATED: the successor claims-triage@1.5.0 is not production-validated
      name one that is, or none where the model is retired
    CANDIDATES_STOPPED: new candidates of claims-triage are stopped by the override aaaaaaaaaaaa…: a leak
      modelsmith override lift aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    CAPABILITY_DISABLED: the capability browse is disabled by the override aaaaaaaaaaaa…: a leak
      modelsmith override lift aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    APPROVAL_TAINTED: the approval by kim at operator-signoff was made with a key that was stolen, or by somebody a thief brought in
      somebody with a clean key can run: modelsmith approve <iteration>
    TAINTED: claims-triage@1.4.0 rests on aaaaaaaaaaaa…, made with CCCCCCCCCCCC…, which cannot be trusted
      look at each of them, then: modelsmith reaffirm claims-triage@1.4.0
    POLICY_TAINTED: the change aaaaaaaaaaaa… (policy version 3) was approved with a key that was stolen
      people enrolled before it propose and approve the policy anew: modelsmith policy propose <folder>
    POLICY_CONTESTED: kim objects to the change aaaaaaaaaaaa…, which is in force: not agreed
      settle it: modelsmith policy approve aaaaaaaaaaaa --answers bbbbbbbbbbbb
    NOT_TAINTED: aaaaaaaaaaaa… is not tainted, so there is nothing to re-affirm
      modelsmith status <iteration>
    REAFFIRM_NOT_YOURS: aaaaaaaaaaaa… (approve) is re-affirmed by another operator
      have somebody who holds another operator, with a key that is not stolen, run: modelsmith reaffirm <iteration>   (nobody left? modelsmith signer enroll)
    CHANGE_UNKNOWN: there is no change aaaaaaaaaaaa…
      modelsmith policy list   (shows the proposals)
    CHANGE_NOTHING: the change aaaaaaaaaaaa… would change nothing that is in force
      what is in force: modelsmith signer list, and policy/ in the repository
    CHANGE_APPLIED: the change aaaaaaaaaaaa… is in force already
      -
    CHANGE_OUTDATED: the change aaaaaaaaaaaa… was made against version 2, and version 3 is in force
      propose it again on top of what is in force: modelsmith policy propose <folder>
    CHANGE_DIFFERS: version: the proposal says 2, and it is 3
      propose it again on top of what is in force: modelsmith policy propose <folder>
    CHANGE_PENDING: security-owner: has 0 of 1
      sam can run: modelsmith policy approve aaaaaaaaaaaa
    CHANGE_OBJECTED: reject by kim: too low
      settle it: modelsmith policy approve aaaaaaaaaaaa --answers bbbbbbbbbbbb
    CHANGE_NOT_APPROVER: kim has not approved the change, and whoever applies it has
      modelsmith policy approve aaaaaaaaaaaa
    CHANGE_NOT_ASKED: nothing that the change still needs can be given by kim
      modelsmith policy list
    CHANGE_ALREADY_APPROVED: kim has approved this as model-owner already
      -
    EXCEPTIONS_NOT_ALLOWED: the policy has no section exceptions, so nothing is waived on claims-triage
      add the section: modelsmith policy propose <folder>
    EXCEPTION_UNKNOWN: there is no exception aaaaaaaaaaaa… here
      modelsmith exception list
    EXCEPTION_NOT_WAIVABLE: legal-basis cannot be waived: rules of privacy are never waived
      what can be waived: modelsmith exception open --help, and the checks marked waivable in policy/policy.yaml
    EXCEPTION_MIXED: an exception waives rules of one kind, and these are of security and versioning
      open one for each: different people answer for them
    EXCEPTION_TERM: the end of the exception, 2026-04-30T00:00:00Z, must be after 2026-03-02T00:00:00Z and not after 2026-03-16T00:00:00Z: the policy gives 14 days
      state another time
    EXCEPTION_OWNER_UNKNOWN: pipeline is no enrolled person with a key, and cannot answer for an exception
      modelsmith signer list
    EXCEPTION_RENEWAL: the exception aaaaaaaaaaaa… cannot be renewed by this one: it was closed by kim
      renew it as it is, or open another without --renews
    EXCEPTION_APPROVER_BARRED: kim opened it, and nobody approves an exception of his own
      have somebody else approve it: modelsmith exception show names who can
    EXCEPTION_ALREADY_APPROVED: kim has approved this exception as security-owner already
      -
    EXCEPTION_PENDING: the exception aaaaaaaaaaaa… lacks the approval of security-owner
      sam can run: modelsmith exception approve aaaaaaaaaaaa
    EXCEPTION_OBJECTED: the exception aaaaaaaaaaaa…: reject by sam: too wide
      settle it: modelsmith exception approve aaaaaaaaaaaa --answers bbbbbbbbbbbb
    EXCEPTION_TAINTED: the exception aaaaaaaaaaaa… was opened by kim with a key that was stolen, or by somebody a thief brought in
      somebody with a clean key opens it anew: modelsmith exception open --renews aaaaaaaaaaaa
    EXCEPTION_ENDED: the exception aaaaaaaaaaaa… has ended: expired, 2026-03-16T00:00:00Z
      do without it, or renew it where it expired: modelsmith exception open --renews aaaaaaaaaaaa
    EXCEPTION_NOT_ENDED: the exception aaaaaaaaaaaa… is in force until 2026-03-16T00:00:00Z, and is reviewed once it has ended
      end it: modelsmith exception close aaaaaaaaaaaa
    EXCEPTION_OUT_OF_SCOPE: the exception aaaaaaaaaaaa… is for claims-triage@1.3.*, not for claims-triage@1.4.0
      modelsmith exception list
    EXCEPTION_NOT_NEEDED: the exception aaaaaaaaaaaa… waives code-stated, and claims-triage@1.4.0 breaks nothing of that
      request it without the exception
    EXCEPTION_REVIEWED: the exception aaaaaaaaaaaa… has been reviewed by kim
      modelsmith exception show aaaaaaaaaaaa
    EXCEPTION_REVIEW_OVERDUE: the review of the exception aaaaaaaaaaaa… on claims-triage was due 2026-03-20T00:00:00Z, and kim answers for it
      write it: modelsmith exception review aaaaaaaaaaaa --file <review.md>
    LAW_UNLIVABLE: nobody could stop anything: no person holds override
      change the proposal; a role that would be left with nobody: modelsmith signer grant, or enroll
    COMPROMISE_CLEARED: the proposal takes back that CCCCCCCCCCCC… was stolen: the report itself
      leave it as it was; what is honest is re-affirmed: modelsmith reaffirm
    LIFT_IMPOSSIBLE: the override aaaaaaaaaaaa… cannot be lifted: it is not in force
      modelsmith override list
    REFRESH_UNSOUND: refreshes/CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.asc refreshes no certificate: it says nothing new
      modelsmith signer refresh <principal>   (with a new subkey: modelsmith signer enroll <principal> --certificate <file>)
    REFRESH_OWN_KEY: kim refreshes CCCCCCCCCCCC… with that same key, and others are alive
      have anybody else who is enrolled bring it: modelsmith signer refresh --certificate <file>
    GUARDED_PATH: .github/workflows/verify.yml is guarded, and kim is no policy approver
      have a policy approver sign the commit: git commit -S
    REPAIR_DIFFERS: the repair says of base: aaaaaaaaaaaa…, and it is bbbbbbbbbbbb…
      modelsmith repair   (finds it by itself)
    REPAIR_NOT_RESTORED: a repair restores what is in force and does nothing else, but promotions/claims-triage/aliases.json differs from it
      modelsmith repair   (writes exactly that)
    REPAIR_TEARS: what is chosen parts the act aaaaaaaaaaaa… on claims-triage@1.4.0 from what it does to the aliases of claims-triage
      let one commit stand for both: modelsmith repair --stands "aliases of claims-triage=<commit>" --stands "claims-triage@1.4.0=<commit>"
    REPAIR_UNSECONDED: the repair aaaaaaaaaaaa… chose between valid branches and waits for a second policy approver
      a second policy approver runs: modelsmith repair --second; then push both commits together, for a hook refuses the first alone
    OBJECT_CORRUPT: the git object eeeeeeeeeeee… is corrupt
      fetch the repository again from where it is whole, then: modelsmith verify
    OBJECT_TOO_LARGE: promotions/x has 20 bytes, more than the 10 allowed
      keep large files elsewhere and put their digests here
    TREE_TOO_LARGE: promotions holds more than 200000 files and folders
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    COMMIT_MALFORMED: the commit has two signature headers
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    TREE_MALFORMED: the tree of / is not sorted
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    PATH_NOT_PLAIN: policy/keys is a symbolic link, not a plain file or folder
      rename it, or make it a plain file
    PATH_UNKNOWN: promotions/notes.txt has no meaning in an evidence repository
      keep it outside the governed folders
    UNSIGNED: not signed, but changes policy/policy.yaml
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    SIGNATURE_REFUSED: KEY_EXPIRED: the signature was made when its key had expired (key CCCC)
      sign with a key that has not expired
    SIGNER_NOT_ENROLLED: signed with CCCCCCCCCCCC…, which belongs to nobody enrolled
      sign with an enrolled key
    KEY_ENDED: signed with CCCCCCCCCCCC… of kim, which is retired
      kim signs with another key
    FROM_THE_FUTURE: signed at 2027-01-01T00:00:00Z, and it is 2026-01-01T00:00:00Z
      set the clock: modelsmith doctor
    TIME_BACKWARDS: signed at 2026-01-01T00:00:00Z, before what it builds on (2027-01-01T00:00:00Z)
      set the clock: modelsmith doctor
    SIGNATURE_LOST: looks like a squash by CCCCCCCCCCCC… of what dora and gus signed, which loses the signature – or is forged
      put your own branch back to the last valid commit, or run modelsmith repair where others have it; then: git merge --no-ff <branch> – where that is gone, have dora and gus sign again
    LAW_CHANGED: changes the law: policy/policy.yaml and policy/signers.yaml
      take the change back; policy and signers stay as the trust root fixed them
    ENTRY_ALTERED: locks/a/b.json is written for good and was altered
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    ENTRY_REMOVED: locks/a/b.json is written for good and was removed
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    RECORD_REWRITTEN: promotions/a/1.0.0/promotion-record.json: request was rewritten, and a record only grows
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    UNEXPLAINED_CHANGE: no act explains the change of promotions/a/aliases.json
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    COMMIT_MIXES_DECISIONS: one signature over a@1.0.0 x → y and 1 other acts
      sign each decision in a commit of its own
    NO_ACT: changes promotions/a/aliases.json without doing anything
      modelsmith repair   (sets it aside; then make the change with modelsmith)
    MERGE_GOVERNED: a merge of 3 branches at once changes governed files
      merge the branches one after the other
    MERGE_CONFLICT: both branches changed triage@1.0.0
      take one branch, and make the acts of the other again on top of it; where others have the merge: modelsmith repair
    MERGE_NOT_MECHANICAL: the merge is not what its two branches give: promotions/a/1.0.0/model-card.md
      merge again without changing anything: git merge --no-ff <branch>
    ENDED_BEFORE_MERGE: in cccccccccccc… kim no longer held operator for triage, by 2026-01-01T00:00:00Z of the other branch
      make the act again on top of the other branch
    PARENT_VOID: builds on eeeeeeeeeeee…, which is not valid
      modelsmith repair   (restores what is in force; then people do again what came on top)
    ROOT_MISMATCH: the trust root has another signer: expected CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC, found DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD
      find out which is right before you go on; a forged repository would look like this
    ROOT_NOT_BARE: the trust root holds more than the law: locks/a/b.json
      start again: modelsmith init
    OUTSIDE_ROOT: governed files that do not come from the trust root eeeeeeeeeeee…
      find out where they come from before you go on
    NOT_DESCENDED: ffffffffffff… does not come from eeeeeeeeeeee…, so history was rewritten or is older
      fetch the branch again, and ask who moved it where that does not help
    CONTENT_DIFFERS: a.bin is another file
      fetch the content again"
  `);
});

test('what a person saw before is named, with the way to accept that it is gone', () => {
  const facts = { expected: 'e'.repeat(40), tip: 'f'.repeat(40), branch: 'main' };
  expect(explain(reason('NOT_DESCENDED', facts))).toMatchInlineSnapshot(`
    {
      "remedy": "git pull; where that does not help, ask who moved the branch. If that was meant to be, a person accepts it at a terminal: modelsmith verify --accept-rewind",
      "sentence": "ffffffffffff… does not come from eeeeeeeeeeee…, where you saw main before: it is older, or was rewritten",
    }
  `);
});
