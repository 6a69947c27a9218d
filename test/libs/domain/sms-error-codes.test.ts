import t from 'tap';
import { smsError, twilioErrorReason } from '#libs/domain';

t.test('a callback code has a reason and a sentence for partners', async (t) => {
  const expected: [string, string][] = [
    ['30003', 'unreachable_recipient'],
    ['30005', 'invalid_recipient'],
    ['30006', 'invalid_recipient'],
    ['30007', 'content_refused'],
    ['30008', 'undelivered'],
    ['30034', 'sender_refused'],
    ['30036', 'expired'],
    ['30002', 'account_suspended'],
    ['30450', 'suspected_fraud'],
  ];
  for (const [code, reason] of expected)
    t.match(twilioErrorReason(code), { reason, description: /^The .*\.$/ }, code);
});

t.test('classes tell what the code is about', async (t) => {
  t.equal(smsError('21610')?.class, 'recipient');
  t.equal(smsError('63038')?.class, 'account');
  t.equal(smsError('20429')?.class, 'retry');
  t.equal(smsError('30410')?.class, 'unknown');
});

t.test('a code that is not listed is null', async (t) => {
  for (const code of ['', '0', '99999', '2121', 'constructor']) {
    t.equal(smsError(code), null);
    t.equal(twilioErrorReason(code), null);
  }
});
