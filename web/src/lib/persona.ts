/** Whom a demonstration's visitor plays; null means: whoever is signed in. */
import { ref, watch } from 'vue'

const KEPT = 'abreast.persona'

// The start page's doors name the person in the address; the first question goes out as them.
const asked = new URLSearchParams(location.search).get('persona')
export const persona = ref<string | null>(asked ?? sessionStorage.getItem(KEPT))
if (asked !== null) sessionStorage.setItem(KEPT, asked)

watch(persona, (id) => {
  if (id === null) sessionStorage.removeItem(KEPT)
  else sessionStorage.setItem(KEPT, id)
})
