package ecstest

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// page cuts one page out of a list of n. It returns the bounds and the token of the next page, empty on the last. The
// token is opaque and belongs to the operation that gave it. A story may have it never end.
func (c *call) page(n int, token string, maxResults *int, standard, limit int) (from, to int, next string, err error) {
	size := standard
	if maxResults != nil {
		size = *maxResults
	}
	if size < 1 || size > limit {
		return 0, 0, "", c.invalid("maxResults must be between 1 and %d.", limit)
	}
	if c.odd.isEndless(c.request) {
		return 0, min(size, n), endlessToken, nil
	}
	if token != "" {
		from, err = c.readToken(token)
		if err != nil {
			return 0, 0, "", err
		}
	}
	from = min(from, n)
	to = min(from+size, n)
	if to < n {
		next = base64.StdEncoding.EncodeToString([]byte(c.name() + "/" + strconv.Itoa(to)))
	}
	return from, to, next, nil
}

func (c *call) readToken(token string) (int, error) {
	raw, err := base64.StdEncoding.DecodeString(token)
	number, ok := strings.CutPrefix(string(raw), c.name()+"/")
	from, convErr := strconv.Atoi(number)
	if err != nil || !ok || convErr != nil {
		return 0, c.invalid("Invalid token: %s", token)
	}
	return from, nil
}

// invalid is what the call's service says of a parameter that cannot be.
func (c *call) invalid(format string, args ...any) *apiError {
	if c.request.service == "events" || c.request.service == "scheduler" {
		return refuse("ValidationException", format, args...)
	}
	return invalid(format, args...)
}
