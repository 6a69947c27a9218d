/** Every page of the guide in the order it is read; the file of a page is `pages/<name>.md`, its address `/docs/<name>`. */
export const CONTENTS: { title: string; pages: string[] }[] = [
  { title: 'Start', pages: ['quickstart', 'authentication', 'test-mode', 'sms-activate'] },
  { title: 'Do', pages: ['v1', 'messages', 'rentals', 'money', 'webhooks', 'events', 'typescript'] },
  { title: 'Rely on', pages: ['idempotency', 'errors', 'limits', 'states'] },
  { title: 'Know', pages: ['changes', 'support'] },
];
