package aws

import (
	"context"
	"io"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// tellAnswers tells of every answer of ECS as it came, beside its request.
func tellAnswers(tell func(operation string, request []byte, status int, answer []byte)) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		if tell == nil {
			return nil
		}
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("ecsundo.answers",
			func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
				middleware.DeserializeOutput, middleware.Metadata, error,
			) {
				var sent []byte
				if request, ok := in.Request.(*smithyhttp.Request); ok && request.GetStream() != nil && request.IsStreamSeekable() {
					sent, _ = io.ReadAll(request.GetStream())
					if err := request.RewindStream(); err != nil {
						return middleware.DeserializeOutput{}, middleware.Metadata{}, err
					}
				}
				out, metadata, err := next.HandleDeserialize(ctx, in)
				response, ok := out.RawResponse.(*smithyhttp.Response)
				if !ok || awsmiddleware.GetServiceID(ctx) != "ECS" {
					return out, metadata, err
				}
				body, readErr := readAll(response)
				if readErr == nil {
					tell(awsmiddleware.GetOperationName(ctx), sent, response.StatusCode, body)
				}
				return out, metadata, err
			}), middleware.After)
	}
}
