// Package schema validates input against the OpenAPI schema that is generated
// from its Go type, and reports every fault at once.
package schema
