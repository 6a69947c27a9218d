/**
 * Served as /assets/docs.js: copy buttons, the reader's own key in the examples, one language everywhere. Nothing is
 * sent; key and language are kept for this browser tab.
 */
export const SCRIPT = `
'use strict';
for (const figure of document.querySelectorAll('.example')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', 'Copy: ' + figure.querySelector('figcaption span').textContent);
  button.addEventListener('click', async () => {
    const done = await copy(figure.querySelector('code'));
    button.textContent = done ? 'Copied' : 'Press Ctrl+C';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
  figure.querySelector('figcaption').append(button);
}

async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    // Without a secure origin there is no clipboard: select the text instead.
    getSelection().selectAllChildren(code);
    return false;
  }
}

const keyForm = document.querySelector('.key');
if (keyForm) {
  const field = keyForm.querySelector('input');
  const shown = [...document.querySelectorAll('.example code')]
    .map((code) => ({ code, text: code.textContent }))
    .filter(({ text }) => text.includes('YOUR_API_KEY'));
  const show = () => {
    const key = field.value.trim().replace(/[^\\x21-\\x7e]|["'\`$\\\\]/g, '');
    for (const { code, text } of shown) code.textContent = text.replaceAll('YOUR_API_KEY', key || 'YOUR_API_KEY');
    remember('key', key);
  };
  field.value = recall('key');
  show();
  keyForm.hidden = false;
  keyForm.addEventListener('submit', (event) => event.preventDefault());
  field.addEventListener('input', show);
}

const choices = [...document.querySelectorAll('.tabs input')];
const choose = (language) => {
  for (const choice of choices) if (choice.value === language) choice.checked = true;
};
choose(recall('language'));
for (const choice of choices) {
  choice.addEventListener('change', () => {
    const top = choice.getBoundingClientRect().top;
    choose(choice.value);
    remember('language', choice.value);
    scrollBy(0, choice.getBoundingClientRect().top - top);
  });
}

function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden; then the choice ends with the page.
  }
}

function recall(name) {
  try {
    return sessionStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/><path d="M7 9h18v12H14l-5 4v-4H7z" fill="#fff"/></svg>`;
