package snapshot

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// refusePages makes an error of a web page, as a proxy sends where somebody has to sign in. With status 200 the SDK takes
// it for a kept object or an empty list. An object may well be a page.
func refusePages(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("ecsundo.pages",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
			middleware.DeserializeOutput, middleware.Metadata, error,
		) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if err != nil || !ok || response.StatusCode >= http.StatusMultipleChoices || awsmiddleware.GetOperationName(ctx) == "GetObject" {
				return out, metadata, err
			}
			body := bufio.NewReader(response.Body)
			if isPage(body) {
				response.Body.Close()
				return out, metadata, ErrNotS3
			}
			response.Body = struct {
				io.Reader
				io.Closer
			}{body, response.Body}
			return out, metadata, nil
		}), middleware.After)
}

// isPage looks at the beginning of a body. The Content-Type tells nothing: some servers call every answer text/html.
func isPage(body *bufio.Reader) bool {
	start, _ := body.Peek(200)
	text := strings.ToLower(strings.TrimSpace(string(start)))
	return strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html")
}
