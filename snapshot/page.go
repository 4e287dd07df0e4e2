package snapshot

import (
	"context"
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
			if err == nil && ok && isPage(response.Response) && awsmiddleware.GetOperationName(ctx) != "GetObject" {
				response.Body.Close()
				return out, metadata, ErrNotS3
			}
			return out, metadata, err
		}), middleware.After)
}

func isPage(r *http.Response) bool {
	return r.StatusCode < http.StatusMultipleChoices && strings.HasPrefix(r.Header.Get("Content-Type"), "text/html")
}
