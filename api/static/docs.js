// Shows the contract; a file of its own because the page allows no script inside it.
"use strict";

const place = document.getElementById("contract");

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tagsSorter: "alpha",
  validatorUrl: null,
  persistAuthorization: false,
});
