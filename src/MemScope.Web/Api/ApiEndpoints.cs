using System.Text.Json;
using System.Text.Json.Serialization;
using MemScope.Web.Hosting;
using MemScope.Web.Ingest;

namespace MemScope.Web.Api;

/// <summary>The HTTP API under <c>/api/v1</c> (DESIGN section 8).</summary>
internal static class ApiEndpoints
{
    /// <summary>How the API reads and writes JSON.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services) => services
        .ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new FiniteDoubleConverter()))
        .Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true)
        .AddOpenApi("v1");

    /// <summary>Problem documents for everything that fails.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services) => services;

    /// <summary>Answers failures: problem documents to programs, the page <c>/not-found</c> to people.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseWhen(context => !RequestPaths.IsForPrograms(context.Request.Path), pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
    }

    /// <summary>Maps all endpoints.</summary>
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1");
        api.MapCaptures();
        api.MapProcesses();
        api.MapRegions();
        api.MapCallchains();
        api.MapSymbols();
        api.MapShares();
        api.MapReference();
    }
}

/// <summary>JSON knows no NaN: a number that does not exist is null.</summary>
internal sealed class FiniteDoubleConverter : JsonConverter<double>
{
    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}
