/** Served as /inbox.js: keeps the page fresh unless someone is typing, and shows times in the reader's zone. */
export const INBOX_SCRIPT = `'use strict';
const REFRESH_MS = 3000;

function localTimes(root) {
  for (const time of root.querySelectorAll('time')) {
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  }
}

function isTyping() {
  const inputs = document.querySelectorAll('input:not([type=hidden])');
  return [...inputs].some((input) => input.value !== '' || input === document.activeElement);
}

async function refresh() {
  if (document.hidden || isTyping()) return;
  const response = await fetch('/', { headers: { accept: 'text/html' } });
  if (!response.ok || isTyping()) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.getElementById('inbox');
  localTimes(fresh);
  const shown = document.getElementById('inbox');
  if (fresh.innerHTML === shown.innerHTML || shown.contains(document.activeElement)) return;
  shown.replaceWith(fresh);
}

localTimes(document);
setInterval(() => refresh().catch(() => {}), REFRESH_MS);
`;
