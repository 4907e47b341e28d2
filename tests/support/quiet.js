// Ends when the page has been quiet for a moment: nothing is being read, no part is still to come.
async () => {
  await document.fonts.ready
  const busy = () => document.querySelector('[aria-busy=true], .reading') || (document.querySelector('#app') && !document.querySelector('main h1'))
  for (let quiet = 0, tries = 0; quiet < 3 && tries < 400; tries += 1) {
    await new Promise((next) => setTimeout(next, 50))
    quiet = busy() ? 0 : quiet + 1
  }
}
