using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemScope.Migrations.Files
{
    /// <inheritdoc />
    public partial class LateSymbols : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<short>(
                name: "origin",
                table: "symbol_file",
                type: "smallint",
                nullable: false,
                defaultValueSql: "0");

            migrationBuilder.AddColumn<string>(
                name: "problem",
                table: "symbol_file",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "quality",
                table: "symbol_file",
                type: "smallint",
                nullable: false,
                defaultValueSql: "0");

            migrationBuilder.AddColumn<int>(
                name: "reader_version",
                table: "symbol_file",
                type: "integer",
                nullable: false,
                defaultValueSql: "0");

            migrationBuilder.AddColumn<bool>(
                name: "follow_symbols",
                table: "share",
                type: "boolean",
                nullable: false,
                defaultValueSql: "false");

            migrationBuilder.CreateTable(
                name: "code_map",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    code_map_id = table.Column<Guid>(type: "uuid", nullable: false),
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    codec = table.Column<short>(type: "smallint", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_code_map", x => new { x.process_id, x.code_map_id });
                    table.ForeignKey(
                        name: "FK_code_map_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "debuginfod_answer",
                columns: table => new
                {
                    build_id = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    servers = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<short>(type: "smallint", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_debuginfod_answer", x => new { x.build_id, x.kind });
                });

            migrationBuilder.CreateTable(
                name: "stack_module",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    stacks_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    module = table.Column<string>(type: "text", nullable: false),
                    build_id = table.Column<string>(type: "text", nullable: true),
                    frames = table.Column<int>(type: "integer", nullable: false),
                    nameless = table.Column<int>(type: "integer", nullable: false),
                    nameless_bytes = table.Column<long>(type: "bigint", nullable: false),
                    survey = table.Column<short>(type: "smallint", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stack_module", x => new { x.process_id, x.stacks_id, x.ordinal });
                    table.ForeignKey(
                        name: "FK_stack_module_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "symbol_lines",
                columns: table => new
                {
                    file_sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    tool = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<long>(type: "bigint", nullable: false),
                    frames = table.Column<byte[]>(type: "bytea", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_symbol_lines", x => new { x.file_sha256, x.tool, x.address });
                });

            migrationBuilder.CreateTable(
                name: "symbol_verdict",
                columns: table => new
                {
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    reader_version = table.Column<int>(type: "integer", nullable: false),
                    problem = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<short>(type: "smallint", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_symbol_verdict", x => new { x.sha256, x.reader_version });
                });

            migrationBuilder.CreateIndex(
                name: "IX_code_map_received_at",
                table: "code_map",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_stack_module_received_at",
                table: "stack_module",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_symbol_lines_at",
                table: "symbol_lines",
                column: "at")
                .Annotation("Npgsql:IndexMethod", "brin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "code_map");

            migrationBuilder.DropTable(
                name: "debuginfod_answer");

            migrationBuilder.DropTable(
                name: "stack_module");

            migrationBuilder.DropTable(
                name: "symbol_lines");

            migrationBuilder.DropTable(
                name: "symbol_verdict");

            migrationBuilder.DropColumn(
                name: "origin",
                table: "symbol_file");

            migrationBuilder.DropColumn(
                name: "problem",
                table: "symbol_file");

            migrationBuilder.DropColumn(
                name: "quality",
                table: "symbol_file");

            migrationBuilder.DropColumn(
                name: "reader_version",
                table: "symbol_file");

            migrationBuilder.DropColumn(
                name: "follow_symbols",
                table: "share");
        }
    }
}
